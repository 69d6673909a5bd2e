import { clearsMemory, type MemoryReach, start } from '../../trading/agents/live-memory.ts';

export interface DecisionState {
  /** The policy's memory after its last decision that counts, and before that one. */
  readonly memory: readonly number[];
  readonly memoryBefore: readonly number[];
  /** Session of the last decision that counts, and of the one before. */
  readonly sessionOpenMs: number | null;
  readonly sessionBefore: number | null;
  /** True if an episode begins with the next decision; and whether one began with the last. */
  readonly begins: boolean;
  readonly beganBefore: boolean;
}

/** What a policy remembers from one decision to the next, kept with the decisions: it can be taken back by one. */
export interface DecisionMemory {
  /** The memory that the next decision is asked with; all 0 where it was cleared. */
  readonly ask: (sessionOpenMs: number) => Float32Array;
  readonly answered: (memory: Float32Array) => void;
  /** The last decision counts for nothing, and neither does what was remembered of it. */
  readonly withdraw: () => void;
  /** A step of the account is settled; `ended`: an episode ended with it. */
  readonly stepped: (ended: boolean) => void;
  readonly save: () => DecisionState;
}

export function createDecisionMemory(
  { size, reach }: { readonly size: number; readonly reach: MemoryReach },
  saved?: DecisionState,
): DecisionMemory {
  const nothing = new Array<number>(size).fill(0);
  let state: DecisionState = saved ?? {
    memory: nothing,
    memoryBefore: nothing,
    sessionOpenMs: null,
    sessionBefore: null,
    begins: true,
    beganBefore: false,
  };
  return {
    ask: (openMs) => {
      const begins = state.begins
        ? start.episode
        : state.sessionOpenMs !== null && state.sessionOpenMs !== openMs
          ? start.session
          : start.nothing;
      const memory = clearsMemory(reach, begins) ? nothing : state.memory;
      state = { ...state, memoryBefore: state.memory, sessionBefore: state.sessionOpenMs, sessionOpenMs: openMs };
      return Float32Array.from(memory);
    },
    answered: (memory) => {
      state = { ...state, memory: [...memory], beganBefore: state.begins, begins: false };
    },
    withdraw: () => {
      const { memoryBefore, sessionBefore, beganBefore } = state;
      state = { ...state, memory: memoryBefore, sessionOpenMs: sessionBefore, begins: beganBefore };
    },
    stepped: (ended) => {
      state = { ...state, begins: ended };
    },
    save: () => state,
  };
}
