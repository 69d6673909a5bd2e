import { afterEach, expect, test, vi } from 'vitest';
import { chooseExecutor, reportExecutors } from './choose.ts';
import { executorChoices } from './executor.ts';

afterEach(() => vi.unstubAllEnvs());

test('takes onnx if no card is visible, and any executor by its name', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '');
  expect(chooseExecutor().id).toBe('onnx');
  for (const choice of executorChoices.filter((each) => each !== 'auto')) expect(chooseExecutor(choice).id).toBe(choice);
});

test('reports whether each executor runs here, and which one auto takes and why', async () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
  vi.stubEnv('ASSAY_DATA_DIR', '/nowhere');
  const reports = await reportExecutors();
  expect(reports.map(({ id }) => id)).toEqual(['onnx', 'tensorflow', 'tensorflow-eager', 'kernels', 'auto']);
  const [onnx, tensorflow, eager, kernels, auto] = reports;
  expect([onnx, kernels]).toMatchObject([{ ready: true, found: expect.stringMatching(/^onnxruntime \d/) }, { ready: true }]);
  for (const one of [tensorflow, eager])
    expect(one).toMatchObject({ ready: false, found: expect.stringMatching(/not set up|not installed/), hint: expect.any(String) });
  expect(auto!.found).toBe('onnx: no CUDA card is visible to this process');
});
