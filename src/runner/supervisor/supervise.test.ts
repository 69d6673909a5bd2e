import { expect, test, vi } from 'vitest';
import { createStopState } from '../stop/stop-state.ts';
import type { WorkerSetup } from '../worker/messages.ts';
import { supervise } from './supervise.ts';

test('starts no timer after its worker has ended with an error', async () => {
  const setup: WorkerSetup = {
    studies: null,
    otherSource: 'leave',
    inOrder: false,
    device: 'cpu',
    share: { slots: 1, cores: null, memoryMb: 100 },
    leaseMs: 1500,
    graceMs: 500,
    threadMemoryMb: null,
    measured: false,
    databaseUrl: 'none',
    dataDir: '/nowhere',
  };
  const stopping = createStopState();
  const supervised = supervise({ setup, stopping, killed: new AbortController().signal, onEvent: () => undefined });
  await expect(supervised).rejects.toMatchObject({ code: 'config_invalid' });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  stopping.stop('release', 'the failure of another worker');
  expect(timers).not.toHaveBeenCalled();
  timers.mockRestore();
});
