import type { Shape } from './tensor.ts';

export type TensorflowAttribute =
  | { readonly i: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly type: 'float32' | 'int32' }
  | { readonly shape: Shape };

export type TensorflowAttributes = Readonly<Record<string, TensorflowAttribute>>;

/** The argument of `Op.tensorflow`: writes nodes of a TensorFlow graph. Every method returns names of values. */
export interface TensorflowLowering {
  /** Names of the op's inputs, in order. */
  readonly inputs: readonly string[];
  /** A node on float32 values (attribute `T`) with one output. TensorFlow ignores unknown attributes: a misspelt one is not an error. */
  readonly node: (type: string, inputs: readonly string[], attributes?: TensorflowAttributes) => string;
  /** A node of one input with `count` outputs. */
  readonly split: (type: string, input: string, count: number, attributes?: TensorflowAttributes) => readonly string[];
  /** An int32 constant: axes, shapes, offsets. One number is a scalar; a list is 1-D unless a shape is given. */
  readonly integers: (values: number | readonly number[], shape?: Shape) => string;
  /** A float32 constant; without a shape, a scalar. */
  readonly floats: (values: readonly number[], shape?: Shape) => string;
  /** A tensor fed at every run. */
  readonly feed: (name: string, shape: Shape) => string;
  /** The value of a named state before the run. */
  readonly state: (name: string, shape: Shape) => string;
}
