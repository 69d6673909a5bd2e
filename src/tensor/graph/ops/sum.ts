import { reduction } from './reduction.ts';

export const sum = reduction('sum', { onnx: 'ReduceSum', tensorflow: 'Sum', kernel: 'sum', factor: () => 1 });
