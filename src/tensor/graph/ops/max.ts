import { binary } from './elementwise.ts';

/** The larger of two; the gradient goes to `a` where they are equal. */
export const max = binary('max', {
  value: Math.max,
  gradient: (g, a, b, _y, { constant, greater, where }) => {
    const second = greater(b, a);
    return [where(second, constant(0), g), where(second, g, constant(0))];
  },
  onnx: 'Max',
  tensorflow: 'Maximum',
  kernel: 'maximum',
});
