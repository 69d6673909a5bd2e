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
 * A symbolic tensor: one op applied to its inputs. A graph consists of the tensors that its outputs depend on; any other tensor is
 * never computed.
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

/** The batched form of one tensor of a graph. */
export interface BatchMembers {
  /** True if all members have the same value, because it depends on no input and no state. */
  readonly shared: boolean;
  /** One tensor per member, each of the shape of one. */
  readonly each: readonly Tensor[];
  /** All members as one tensor: [members, ...the shape of one]. */
  readonly all: Tensor;
}

/**
 * Batches an op for `count` members: returns [count, ...the shape of one], or one result per member. Not called if all inputs are
 * shared.
 */
export type BatchRule = (node: Tensor, inputs: readonly BatchMembers[], count: number, ops: Ops) => Tensor | readonly Tensor[];

/** The definition of an op: one file in ops/ and one line in ops/index.ts. */
export type Op = OpRules & (Elementwise | { readonly elementwise?: never; readonly batch: BatchRule });

interface Elementwise {
  /** Element i of the result depends only on element i of the inputs, with numpy broadcasting; such an op needs no batching rule. */
  readonly elementwise: true;
}

interface OpRules {
  readonly name: string;
  /** The shape rule; throws `shape_invalid` for inputs that do not fit. */
  readonly infer: (inputs: readonly Tensor[], attributes: Attributes) => { readonly shape: Shape; readonly dtype: DType };
  /** d loss / d input for every input, from `gradient` = d loss / d output (null if no gradient flows there). */
  readonly gradient: (gradient: Tensor, output: Tensor, ops: Ops) => readonly (Tensor | null)[];
  /**
   * If the graph also contains `other`, computes this op cheaply from its value with `read`. `other` returns that tensor for a node of this
   * op, `read` the tensor that replaces the node.
   */
  readonly reuseFrom?: { readonly other: (node: Tensor) => Tensor; readonly read: (node: Tensor, ops: Ops) => Tensor };
  /** Writes the op as ONNX nodes and returns the name of its value. */
  readonly onnx: (node: Tensor, lowering: OnnxLowering) => string;
  /** Writes the op as TensorFlow nodes and returns the name of its value. */
  readonly tensorflow: (node: Tensor, lowering: TensorflowLowering) => string;
  /** Computes the op with functions of tfjs. Called inside `tidy`, which frees intermediate values. */
  readonly kernel: (node: Tensor, run: KernelRun) => KernelTensor;
  /** The definition of the op, in float64: the oracle of the executors' tests and the constant folder. */
  readonly evaluate: (inputs: readonly Values[], node: Tensor) => Values;
}

/** The function that models call, with its op attached. */
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

/** Creates a tensor of `op`. @throws `shape_invalid` for inputs that do not fit. */
export function makeTensor(op: Op, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  const { shape, dtype } = op.infer(inputs, attributes);
  return { op, inputs, attributes, shape, dtype };
}
