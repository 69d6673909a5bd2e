import { binary } from './elementwise.ts';

/** The smaller of two; the gradient goes to `a` where they are equal. */
export const min = binary('min', {
  value: Math.min,
  gradient: (g, a, b, _y, { constant, greater, where }) => {
    const second = greater(a, b);
    return [where(second, constant(0), g), where(second, g, constant(0))];
  },
  onnx: 'Min',
  tensorflow: 'Minimum',
  kernel: 'minimum',
});
