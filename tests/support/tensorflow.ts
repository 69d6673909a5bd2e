import { messageOf } from '../../src/core/errors.ts';
import { installedRuntime } from '../../src/tensor/executors/tensorflow/runtime.ts';

/** Why tests on TensorFlow cannot run here, said once on stderr; null where they can. `npm test` sets it up where it can. */
export function tensorflowMissing(): string | null {
  try {
    installedRuntime();
    return null;
  } catch (error) {
    console.warn(`tests on TensorFlow are skipped: ${messageOf(error)} (assay tensorflow setup)`);
    return messageOf(error);
  }
}
