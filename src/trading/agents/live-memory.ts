/** What an observation begins, if anything: the values of `starts`. */
export const start = { nothing: 0, episode: 1, session: 2 } as const;

/**
 * How far a memory reaches back. `session`: it is cleared at the first observation of each session. `account`: it is carried from one
 * session to the next. Both clear it where an episode begins. `none`: it is cleared at every observation, or there is none.
 */
export type MemoryReach = 'none' | 'session' | 'account';

/** True if a memory of this reach is cleared before an observation that begins `what`. */
export function clearsMemory(reach: MemoryReach, what: number | undefined): boolean {
  return reach === 'none' || what === start.episode || (what === start.session && reach === 'session');
}

/** Memory of each copy of an environment between two steps, for agents and saved policies that act step by step. */
export interface LiveMemory {
  /** environments x stateSize; empty without a memory. */
  readonly state: Float32Array;
  /** Clears the memory of the environments where the rule says so; `starts` holds values of {@link start}. */
  readonly clear: (starts: ArrayLike<number>) => void;
}

export function createLiveMemory(environments: number, stateSize: number, reach: MemoryReach): LiveMemory {
  const state = new Float32Array(environments * stateSize);
  return {
    state,
    clear: (starts) => {
      for (let copy = 0; copy < environments; copy++)
        if (clearsMemory(reach, starts[copy])) state.fill(0, copy * stateSize, (copy + 1) * stateSize);
    },
  };
}

/** What each copy's next observation begins after a step. */
export function startsAfter(
  {
    terminated,
    truncated,
    opensSession,
  }: Readonly<Record<'terminated' | 'truncated', Uint8Array>> & { readonly opensSession?: Uint8Array | undefined },
  into: Uint8Array,
): void {
  for (let copy = 0; copy < into.length; copy++) {
    const ended = terminated[copy] === 1 || truncated[copy] === 1;
    into[copy] = ended ? start.episode : opensSession?.[copy] === 1 ? start.session : start.nothing;
  }
}
