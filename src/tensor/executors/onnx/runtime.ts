import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AssayError, messageOf } from '../../../core/errors.ts';
import type { Shape } from '../../graph/tensor.ts';

/** onnxruntime, loaded at the first call, so that commands which never compute do not pay for it. */
export interface Runtime {
  readonly version: string;
  /** A tensor over `values`, not a copy. */
  readonly tensor: (values: Float32Array, shape: Shape) => Tensor;
  /** A session on the CPU with one thread: a worker thread is one trial, and a core runs one of them. */
  readonly open: (bytes: Uint8Array) => Promise<InferenceSession>;
}

export async function loadRuntime(): Promise<Runtime> {
  const { InferenceSession, Tensor, env } = await importRuntime();
  return {
    version: env.versions.node ?? env.versions.common,
    tensor: (values, shape) => new Tensor('float32', values, shape),
    open: async (bytes) => {
      try {
        return await InferenceSession.create(bytes, {
          executionProviders: ['cpu'],
          intraOpNumThreads: 1,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          // Planning the memory of a run ahead takes twice as much of it and is not faster.
          enableMemPattern: false,
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        });
      } catch (cause) {
        throw new AssayError('data_invalid', `onnxruntime refuses the model: ${messageOf(cause)}`, { cause });
      }
    },
  };
}

async function importRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new AssayError('unavailable', `onnxruntime-node cannot be loaded: ${messageOf(cause)}`, {
      cause,
      hint: 'run `npm ci` on this machine: the package holds one native library per platform',
    });
  }
}
