import { afterEach, expect, it, vi } from 'vitest';
import { chooseExecutor, reportExecutors } from './choose.ts';

afterEach(() => vi.unstubAllEnvs());

it('takes onnx where no card is visible, and what is asked for by name', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '');
  expect(chooseExecutor().id).toBe('onnx');
  expect(chooseExecutor('kernels').id).toBe('kernels');
  expect(chooseExecutor('tensorflow').id).toBe('tensorflow');
});

it('says of every executor whether it runs here, and what auto takes and why', async () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
  vi.stubEnv('ASSAY_DATA_DIR', '/nowhere');
  const reports = await reportExecutors();
  expect(reports.map(({ id }) => id)).toEqual(['onnx', 'tensorflow', 'kernels', 'auto']);
  const [onnx, tensorflow, kernels, auto] = reports;
  expect([onnx, kernels]).toMatchObject([{ ready: true, found: expect.stringMatching(/^onnxruntime \d/) }, { ready: true }]);
  expect(tensorflow).toMatchObject({ ready: false, found: expect.stringMatching(/not set up|not installed/), hint: expect.any(String) });
  expect(auto!.found).toBe('onnx: no CUDA card is visible to this process');
});
