import { binary } from './elementwise.ts';

export const add = binary('add', { value: (a, b) => a + b, gradient: (g) => [g, g], onnx: 'Add', tensorflow: 'AddV2', kernel: 'add' });
