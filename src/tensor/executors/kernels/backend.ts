import type { Tfjs } from '../../graph/kernel.ts';

/** The backend of tfjs in plain JavaScript. */
export const cpuBackend = {
  id: 'kernels',
  libraryOf: ({ version_core: version }: Tfjs): string => `tfjs ${version} in plain JavaScript`,
  load: async (): Promise<Tfjs> => {
    const [tf] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-backend-cpu')]);
    // Without this the first tensor prints an advertisement for other backends.
    tf.enableProdMode();
    await tf.setBackend('cpu');
    return tf;
  },
};
