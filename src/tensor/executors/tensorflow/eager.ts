import { createKernelsExecutor } from '../kernels/executor.ts';
import { loadTensorflow } from './runtime.ts';

/** Runs graphs op by op on TensorFlow: slower than whole graphs, and needs no SavedModel. */
export const eagerExecutor = createKernelsExecutor({
  id: 'tensorflow-eager',
  load: async () => {
    const { tf } = loadTensorflow();
    await tf.setBackend('tensorflow');
    return tf;
  },
  libraryOf: () => {
    const { version, onGpu } = loadTensorflow();
    return `TensorFlow ${version} on ${onGpu ? 'a GPU' : 'the processor'}, op by op`;
  },
});
