/** Memory of each copy of an environment between two steps, for agents and saved policies that act step by step. */
export interface LiveMemory {
  /** environments x stateSize; empty without a memory. */
  readonly state: Float32Array;
  /** Clears the memory of the environments whose flag is not 0. */
  readonly clear: (starts: ArrayLike<number>) => void;
}

export function createLiveMemory(environments: number, stateSize: number): LiveMemory {
  const state = new Float32Array(environments * stateSize);
  return {
    state,
    clear: (starts) => {
      for (let copy = 0; copy < environments; copy++) if (starts[copy]) state.fill(0, copy * stateSize, (copy + 1) * stateSize);
    },
  };
}
