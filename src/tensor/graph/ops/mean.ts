import { reduction } from './reduction.ts';

export const mean = reduction('mean', { onnx: 'ReduceMean', factor: (count) => 1 / count });
