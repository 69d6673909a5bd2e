import type { Shape } from './tensor.ts';

export type OnnxAttribute = { readonly i: number } | { readonly f: number } | { readonly ints: readonly number[] };

export interface OnnxStep {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A loop over steps; the names in its body are local to it. */
export interface OnnxLoop {
  readonly body: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    /** May also read values of the enclosing graph, by their names there. */
    readonly nodes: readonly OnnxStep[];
  };
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** The argument of `Op.onnx`: writes nodes of an ONNX graph. Every method returns names of values. */
export interface OnnxLowering {
  /** Names of the op's inputs, in order. */
  readonly inputs: readonly string[];
  /** A node of the standard operator set with one output. */
  readonly node: (type: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>) => string;
  /** A node that repeats a body of nodes. Returns the names of its outputs, one per output of the body. */
  readonly loop: (type: string, inputs: readonly string[], loop: OnnxLoop) => readonly string[];
  /** A 1-D int64 constant: axes, shapes, offsets. */
  readonly integers: (values: readonly number[]) => string;
  /** A float32 constant; without a shape, a scalar. */
  readonly floats: (values: readonly number[], shape?: Shape) => string;
  /** A tensor fed at every run. */
  readonly feed: (name: string, shape: Shape) => string;
  /** A named state, or the part of it that starts at `offset`. */
  readonly state: (name: string, shape: Shape, offset?: number) => string;
}
