import { shapeError, sizeOf } from '../shapes.ts';
import type { BatchMembers, OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp, makeTensor } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

interface Flags {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const flagsOf = (node: Pick<Tensor, 'attributes'>): readonly [a: boolean, b: boolean] => [
  node.attributes['transposeA'] === 1,
  node.attributes['transposeB'] === 1,
];

/** Rows and columns of the last two axes, after an optional transposition. */
function matrixOf(shape: Shape, transposed: boolean): readonly [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/**
 * Matrix product of the last two axes, either side optionally transposed: [m,k] x [k,n], or [b,m,k] x [b,k,n] with equal b.
 * Nothing broadcasts, because some executors compute a broadcast batch wrongly or slowly.
 */
export const matmul: OpFunction<[a: Tensor, b: Tensor, flags?: Flags]> = defineOp(
  {
    name: 'matmul',
    infer: (inputs, attributes) => {
      requireFloat('matmul', inputs);
      const [a, b] = inputs.map(({ shape }) => shape) as [Shape, Shape];
      if (a.length !== b.length || (a.length !== 2 && a.length !== 3))
        throw shapeError('matmul', inputs, 'takes two of rank 2, or two of rank 3');
      if (a.length === 3 && a[0] !== b[0]) throw shapeError('matmul', inputs, 'the batches differ');
      const [transposeA, transposeB] = flagsOf({ attributes });
      const [m, k] = matrixOf(a, transposeA);
      const [k2, n] = matrixOf(b, transposeB);
      if (k !== k2) throw shapeError('matmul', inputs, `the inner sizes ${k} and ${k2} differ`);
      return { shape: [...a.slice(0, -2), m, n], dtype: 'float32' };
    },
    gradient: (g, y, { matmul }) => {
      const [a, b] = y.inputs as readonly [Tensor, Tensor];
      const [transposeA, transposeB] = flagsOf(y);
      return [
        transposeA ? matmul(b, g, { transposeA: transposeB, transposeB: true }) : matmul(g, b, { transposeB: !transposeB }),
        transposeB ? matmul(g, a, { transposeA: true, transposeB: transposeA }) : matmul(a, g, { transposeA: !transposeA }),
      ];
    },
    batch: (node, [a, b], count, { reshape }) => {
      const shape = [count, ...node.shape];
      const product = (x: Tensor, y: Tensor) => reshape(makeTensor(node.op, [x, y], node.attributes), shape);
      const folded = ({ all }: BatchMembers) => reshape(all, [all.shape[0]! * all.shape[1]!, ...all.shape.slice(2)]);
      if (node.shape.length === 3) return product(folded(a!), folded(b!));
      // All members multiply by the same matrix: one product over the rows of all.
      return b!.shared && !flagsOf(node)[0] ? product(folded(a!), b!.each[0]!) : product(a!.all, b!.all);
    },
    onnx: (node, to) => {
      const [transposeA, transposeB] = flagsOf(node);
      const [a, b] = to.inputs as readonly [string, string];
      // Plain products stay MatMul, which onnxruntime fuses with a following bias; it also fuses Transpose + MatMul.
      if (!transposeA && !transposeB) return to.node('MatMul', [a, b]);
      if (node.shape.length === 2) return to.node('Gemm', [a, b], { transA: { i: Number(transposeA) }, transB: { i: Number(transposeB) } });
      const swapped = (name: string, swap: boolean) => (swap ? to.node('Transpose', [name], { perm: { ints: [0, 2, 1] } }) : name);
      return to.node('MatMul', [swapped(a, transposeA), swapped(b, transposeB)]);
    },
    tensorflow: (node, to) => {
      const [transposeA, transposeB] = flagsOf(node);
      return node.shape.length === 2
        ? to.node('MatMul', to.inputs, { transpose_a: { b: transposeA }, transpose_b: { b: transposeB } })
        : to.node('BatchMatMulV2', to.inputs, { adj_x: { b: transposeA }, adj_y: { b: transposeB } });
    },
    kernel: (node, { inputs, tf }) => tf.matMul(inputs[0]!, inputs[1]!, ...flagsOf(node)),
    evaluate: ([a, b], node) => {
      const [transposeA, transposeB] = flagsOf(node);
      const [m, k] = matrixOf(node.inputs[0]!.shape, transposeA);
      const n = node.shape.at(-1)!;
      const [rowA, columnA] = transposeA ? [1, m] : [k, 1];
      const [rowB, columnB] = transposeB ? [1, k] : [n, 1];
      const out = new Float64Array(sizeOf(node.shape));
      for (let i = 0; i < out.length; i++) {
        const batch = Math.floor(i / (m * n));
        const row = batch * m * k + (Math.floor(i / n) % m) * rowA;
        const column = batch * k * n + (i % n) * columnB;
        let total = 0;
        for (let j = 0; j < k; j++) total += a![row + j * columnA]! * b![column + j * rowB]!;
        out[i] = total;
      }
      return out;
    },
  },
  (make, a, b, flags = {}) =>
    make([a, b], { transposeA: Number(flags.transposeA ?? false), transposeB: Number(flags.transposeB ?? false) }),
);
