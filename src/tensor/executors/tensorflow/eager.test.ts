import { describe, expect, test } from 'vitest';
import { executorConformance } from '../../../../tests/conformance/executor.ts';
import { tensorflowMissing } from '../../../../tests/fixtures/tensorflow.ts';
import { eagerExecutor } from './eager.ts';

describe.skipIf(tensorflowMissing() !== null)('with the runtime set up', () => {
  executorConformance(eagerExecutor);

  test('names its library', async () => {
    expect(await eagerExecutor.library()).toMatch(/^TensorFlow \d+\.\d+\.\d+ on (the processor|a GPU), op by op$/);
  });
});
