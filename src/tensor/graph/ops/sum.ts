import { reduction } from './reduction.ts';

export const sum = reduction('sum', { onnx: 'ReduceSum', factor: () => 1 });
