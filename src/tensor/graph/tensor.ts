import type { Tensor as KernelTensor } from '@tensorflow/tfjs-core';
import type { KernelRun } from './kernel.ts';
import type { OnnxLowering } from './onnx-lowering.ts';
import type * as allOps from './ops/index.ts';
import type { TensorflowLowering } from './tensorflow-lowering.ts';

/** `bool` exists only between a comparison and a `where`; it is never fed, fetched, stored or differentiated. */
export type DType = 'float32' | 'bool';

export type Shape = readonly number[];

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/**
 * A symbolic tensor: what one op makes of its inputs. A graph has no object of its own, it is what its outputs reach;
 * a tensor that no output reaches is never computed.
 */
export interface Tensor {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Row-major values of a tensor in the float64 reference; a boolean is 0 or 1. */
export type Values = Float64Array;

/** All op functions by name; gradient rules get them as an argument, so that op files need not import each other. */
export type Ops = typeof allOps;

/** A tensor of a graph as its batched form has it. */
export interface BatchMembers {
  /** The same for every lane, as nothing in it is a lane's own. */
  readonly shared: boolean;
  /** Lane by lane, of the shape of one. */
  readonly each: readonly Tensor[];
  /** [lanes, ...the shape of one]. */
  readonly all: Tensor;
}

/**
 * An op of one lane for `count` lanes at once: [count, ...the shape of one], or the results one by one. Not asked where all inputs are
 * shared.
 */
export type BatchRule = (node: Tensor, inputs: readonly BatchMembers[], count: number, ops: Ops) => Tensor | readonly Tensor[];

/** Everything the compiler knows about an op: one file in ops/ each, one line in ops/index.ts. */
export type Op = OpRules & (Elementwise | { readonly elementwise?: never; readonly batch: BatchRule });

interface Elementwise {
  /** Element i of the result depends on element i of the inputs alone, which broadcast as numpy has it; so no rule for lanes is needed. */
  readonly elementwise: true;
}

interface OpRules {
  readonly name: string;
  /** The shape rule; throws `shape_invalid` for inputs that do not fit. */
  readonly infer: (inputs: readonly Tensor[], attributes: Attributes) => { readonly shape: Shape; readonly dtype: DType };
  /** d loss / d input for every input, from `gradient` = d loss / d output; null: nothing flows there. */
  readonly gradient: (gradient: Tensor, output: Tensor, ops: Ops) => readonly (Tensor | null)[];
  /**
   * Another op that does most of this one's work, and what is left of it where the graph has that one as well: of the other, as this op's
   * node would have it, `read` makes the same value.
   */
  readonly reuseFrom?: { readonly other: (node: Tensor) => Tensor; readonly read: (node: Tensor, ops: Ops) => Tensor };
  /** Writes the op as ONNX nodes and returns the name of its value. */
  readonly onnx: (node: Tensor, lowering: OnnxLowering) => string;
  /** Writes the op as TensorFlow nodes and returns the name of its value. */
  readonly tensorflow: (node: Tensor, lowering: TensorflowLowering) => string;
  /** Computes the op with functions of tfjs. Called inside `tidy`: what it makes on the way is freed. */
  readonly kernel: (node: Tensor, run: KernelRun) => KernelTensor;
  /** The definition of the op, in float64: the oracle of the executors' tests and the constant folder. */
  readonly evaluate: (inputs: readonly Values[], node: Tensor) => Values;
}

/** The function users call, with its op attached. */
export interface OpFunction<Args extends readonly unknown[]> {
  (...args: Args): Tensor;
  readonly op: Op;
}

type Make = (inputs: readonly Tensor[], attributes?: Attributes) => Tensor;

/** Builds an op's function from its definition; `trace` turns the function's arguments into inputs and attributes. */
export function defineOp<Args extends readonly unknown[]>(op: Op, trace: (make: Make, ...args: Args) => Tensor): OpFunction<Args> {
  const make: Make = (inputs, attributes = {}) => makeTensor(op, inputs, attributes);
  return Object.assign((...args: Args) => trace(make, ...args), { op });
}

/** A tensor of `op`, shapes checked. */
export function makeTensor(op: Op, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  const { shape, dtype } = op.infer(inputs, attributes);
  return { op, inputs, attributes, shape, dtype };
}
