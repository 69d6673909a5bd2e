/** Memory of each copy of an environment between two steps, for agents and saved policies that act step by step. */
export interface LiveMemory {
  /** copies x stateSize; empty without a memory. */
  readonly state: Float32Array;
  /** Clears the memory of the copies whose flag is not 0. */
  readonly clear: (starts: ArrayLike<number>) => void;
}

export function createLiveMemory(copies: number, stateSize: number): LiveMemory {
  const state = new Float32Array(copies * stateSize);
  return {
    state,
    clear: (starts) => {
      for (let copy = 0; copy < copies; copy++) if (starts[copy]) state.fill(0, copy * stateSize, (copy + 1) * stateSize);
    },
  };
}
