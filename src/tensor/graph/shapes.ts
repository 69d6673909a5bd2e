import { join, sep } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import { callerIn } from '../../core/stack.ts';
import type { Shape, Tensor } from './tensor.ts';

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `float32[256,64]`, or `float32[]` for a scalar. */
export function typeText(tensor: { readonly shape: Shape; readonly dtype: string }): string {
  return `${tensor.dtype}[${tensor.shape.join(',')}]`;
}

/** Folders of the graph's own files: the sources, and the chunks of a build that runs without source maps. */
const ownFolders = ['src/tensor/graph', 'dist'].map((folder) => join(packageRoot, folder) + sep);

/** Returns the error of an op for shapes that do not fit: `shape_invalid` with its name, the shapes and the calling line of the model. */
export function shapeError(op: string, inputs: readonly Tensor[], because: string): AssayError {
  const line = callerIn(new Error().stack, (file) => !ownFolders.some((folder) => file.startsWith(folder)));
  return new AssayError('shape_invalid', `${op}(${inputs.map(typeText).join(', ')}): ${because}`, {
    place: line === undefined ? `op ${op}` : `op ${op}, called at ${line}`,
    hint: 'check the sizes of the layers around this op',
  });
}

/** Checks that lengths are positive whole numbers; `of` names the tensor in the error. @throws `shape_invalid` */
export function requireLengths(of: string, shape: Shape): void {
  if (shape.every((length) => Number.isInteger(length) && length > 0)) return;
  throw new AssayError('shape_invalid', `${of} cannot be [${shape.join(',')}]: a length is a whole number of at least 1`, {
    hint: 'check the sizes in the options of the agent',
  });
}

/** Returns the common shape of two under numpy broadcasting (null if there is none). */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** Returns the row-major strides of `shape` broadcast to `target`, 0 along axes of length 1; `target` has at least the rank of `shape`. */
export function stridesAs(shape: Shape, target: Shape): readonly number[] {
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length !== 1) strides[axis + target.length - shape.length] = stride;
    stride *= length;
  }
  return strides;
}

/** Calls `visit(offset, i)` for each row-major index i of `shape`, with the offset under other strides. */
export function forEachIndex(shape: Shape, strides: readonly number[], visit: (offset: number, index: number) => void): void {
  const position = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let offset = 0;
  for (let index = 0; index < size; index++) {
    visit(offset, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
}

/** Returns the axis counted from the front; a negative one counts from the back. @throws `shape_invalid`, which names `op` */
export function axisOf(op: string, x: Tensor, axis: number): number {
  const positive = axis < 0 ? axis + x.shape.length : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= x.shape.length) throw shapeError(op, [x], `there is no axis ${axis}`);
  return positive;
}
