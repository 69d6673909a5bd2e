import { binary } from './elementwise.ts';

/** A condition for `where`. */
export const greater = binary('greater', {
  value: (a, b) => (a > b ? 1 : 0),
  gradient: () => null,
  onnx: 'Greater',
  tensorflow: 'Greater',
  kernel: 'greater',
  dtype: 'bool',
});
