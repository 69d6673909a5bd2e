import { AssayError } from '../core/errors.ts';

/** Numbers that a stream keeps from one bar to the next. */
export interface Memory {
  /** Returns n numbers, 0 at first. Ask for them when the stream starts, never while it runs. */
  readonly numbers: (n: number) => Float64Array;
  /** Returns n whole numbers, 0 at first: positions and counts, which are faster as indices. */
  readonly counts: (n: number) => Int32Array;
}

/** A memory with its content. */
export interface KeptMemory extends Memory {
  /** A copy of everything, in the order of the calls. */
  readonly save: () => Float64Array;
  /** @throws AssayError `data_invalid` for a content of another length; nothing is changed then. */
  readonly restore: (content: Float64Array) => void;
}

export function createMemory(): KeptMemory {
  const parts: (Float64Array | Int32Array)[] = [];
  const length = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const kept = <Part extends Float64Array | Int32Array>(part: Part): Part => {
    parts.push(part);
    return part;
  };
  return {
    numbers: (n) => kept(new Float64Array(n)),
    counts: (n) => kept(new Int32Array(n)),
    save: () => {
      const content = new Float64Array(length());
      let at = 0;
      for (const part of parts) {
        content.set(part, at);
        at += part.length;
      }
      return content;
    },
    restore: (content) => {
      if (content.length !== length())
        throw new AssayError('data_invalid', `a state of ${content.length} numbers does not fit a stream of ${length()}`, {
          hint: 'restore it into the same feature set, symbols and calendar that it was saved from',
        });
      let at = 0;
      for (const part of parts) {
        part.set(content.subarray(at, at + part.length));
        at += part.length;
      }
    },
  };
}
