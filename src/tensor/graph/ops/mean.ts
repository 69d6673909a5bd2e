import { reduction } from './reduction.ts';

export const mean = reduction('mean', { onnx: 'ReduceMean', tensorflow: 'Mean', kernel: 'mean', factor: (count) => 1 / count });
