import type { Tensor } from 'onnxruntime-node';
import type { Leaf } from '../../graph/graph.ts';
import { sizeOf } from '../../graph/shapes.ts';
import type { Shape } from '../../graph/tensor.ts';
import { checkStateLength, stateOf } from '../contract.ts';
import type { Runtime } from './runtime.ts';
import type { StateInput } from './serialise.ts';

/** The states of a program, double-buffered: a run reads one buffer and writes the other, then they swap. */
export interface Memory {
  readonly states: readonly Leaf[];
  /** Returns the tensor over a state's current value, or over a part of it. */
  readonly current: (part: StateInput) => Tensor;
  /** Returns the tensor that receives the state's next value. */
  readonly next: (state: string) => Tensor;
  readonly advance: (states: readonly string[]) => void;
  /** Number of changes of a state. */
  readonly changes: (state: string) => number;
  readonly read: (state: string) => Float32Array;
  readonly write: (state: string, values: ArrayLike<number>) => void;
}

interface Cell {
  readonly shape: Shape;
  readonly buffers: readonly [Float32Array, Float32Array];
  /** Tensors over the whole buffers; `parts` has those over the parts that graphs read. Each is created once. */
  readonly whole: readonly [Tensor, Tensor];
  readonly parts: Map<string, readonly [Tensor, Tensor]>;
  present: 0 | 1;
  changes: number;
}

export function createMemory(states: readonly Leaf[], { tensor }: Runtime): Memory {
  const cells = new Map(states.map(({ name, shape }) => [name, createCell(shape, tensor)]));
  return {
    states,
    current: ({ input, state, offset, shape }) => {
      const cell = stateOf(cells, state);
      let pair = cell.parts.get(input);
      if (pair === undefined) {
        const over = (buffer: Float32Array) => tensor(buffer.subarray(offset, offset + sizeOf(shape)), shape);
        pair = [over(cell.buffers[0]), over(cell.buffers[1])];
        cell.parts.set(input, pair);
      }
      return pair[cell.present];
    },
    next: (state) => {
      const cell = stateOf(cells, state);
      return cell.whole[cell.present === 0 ? 1 : 0];
    },
    advance: (states) => {
      for (const state of states) {
        const cell = stateOf(cells, state);
        cell.present = cell.present === 0 ? 1 : 0;
        cell.changes += 1;
      }
    },
    changes: (state) => stateOf(cells, state).changes,
    read: (state) => {
      const cell = stateOf(cells, state);
      return cell.buffers[cell.present].slice();
    },
    write: (state, values) => {
      const cell = stateOf(cells, state);
      checkStateLength({ name: state, shape: cell.shape }, values);
      cell.buffers[cell.present].set(values);
      cell.changes += 1;
    },
  };
}

function createCell(shape: Shape, tensor: Runtime['tensor']): Cell {
  const buffers = [new Float32Array(sizeOf(shape)), new Float32Array(sizeOf(shape))] as const;
  const whole = [tensor(buffers[0], shape), tensor(buffers[1], shape)] as const;
  return { shape, buffers, whole, parts: new Map(), present: 0, changes: 0 };
}
