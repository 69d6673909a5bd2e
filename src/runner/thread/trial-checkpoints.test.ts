import { truncate } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { useArtifacts } from '../../../tests/fixtures/artifacts.ts';
import { AssayError } from '../../core/errors.ts';
import type { CheckpointRef } from '../../search/study/storage.ts';
import type { HostLink } from './host-link.ts';
import type { Call, TrialTask } from './protocol.ts';
import { loadCheckpoint, saveCheckpoint } from './trial-checkpoints.ts';

const store = useArtifacts();
const task = { kind: 'trial', address: 'study#3', attempt: 1 } as TrialTask;

let kept: CheckpointRef | null;
let resumed: CheckpointRef | null;
let warnings: string[];
beforeEach(() => {
  [kept, resumed, warnings] = [null, null, []];
});

/** A host that keeps the newest checkpoint. */
const link = {
  call: async (call: Call) => {
    if (call.kind === 'checkpoint') kept = call.checkpoint;
    if (call.kind === 'resume') resumed = call.checkpoint;
    if (call.kind === 'warn') warnings.push(call.text);
    return call.kind === 'findCheckpoint' ? kept : null;
  },
} as HostLink;

async function* pieces(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('a checkpoint', () => {
  test('comes back as it was given, whole or in pieces', async () => {
    for (const bytes of [Buffer.from('one\ntwo'), [Buffer.from('one\n'), Buffer.from('two')], pieces('one', '\n', 'two')]) {
      await saveCheckpoint(task, store, link, { step: 5, bytes });
      const loaded = await loadCheckpoint(task, store, link);
      expect(loaded?.step).toBe(5);
      expect(Buffer.from(loaded!.bytes).toString()).toBe('one\ntwo');
      expect(resumed).toEqual(kept);
    }
    expect(warnings).toEqual([]);
  });

  test('of equal bytes in two trials is two', async () => {
    await saveCheckpoint(task, store, link, { step: 5, bytes: Buffer.from('x') });
    const first = kept;
    await saveCheckpoint({ ...task, address: 'study#4' }, store, link, { step: 5, bytes: Buffer.from('x') });
    expect(kept!.hash).not.toBe(first!.hash);
  });

  test('that is damaged or missing makes the trial start from the beginning, with a warning', async () => {
    await saveCheckpoint(task, store, link, { step: 5, bytes: Buffer.from('x'.repeat(100)) });
    await truncate(store.pathOf(kept!.hash), 90);
    expect(await loadCheckpoint(task, store, link)).toBeNull();
    await store.remove(kept!.hash);
    expect(await loadCheckpoint(task, store, link)).toBeNull();
    expect(warnings).toEqual([
      expect.stringMatching(/starts from the beginning.*damaged/),
      expect.stringMatching(/starts from the beginning.*cannot be read/),
    ]);
    expect(resumed).toBeNull();
  });

  test('that does not fit on the disk does not fail the trial; the previous one stays', async () => {
    await saveCheckpoint(task, store, link, { step: 5, bytes: Buffer.from('x') });
    const before = kept;
    const full = { ...store, put: () => Promise.reject(new AssayError('disk_full', 'the disk is full')) };
    await saveCheckpoint(task, full, link, { step: 6, bytes: Buffer.from('y') });
    expect(kept).toBe(before);
    expect(warnings).toEqual(['study#3: no checkpoint of step 6: the disk is full']);
  });

  test('whose byte source throws fails the trial', async () => {
    const bytes = (function* () {
      yield Buffer.from('x');
      throw new Error('my bug');
    })();
    await expect(saveCheckpoint(task, store, link, { step: 5, bytes })).rejects.toThrow('my bug');
  });
});
