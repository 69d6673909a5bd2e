import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import type { ArtifactStore } from '../../src/storage/artifacts/store.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { assayHere } from './assay.ts';

const database = useDatabase();
let dataDir: string;
let store: ArtifactStore;
let env: Readonly<Record<string, string>>;
let hashes: Readonly<Record<'best' | 'worst' | 'stray', string>>;

const megabyte = 2 ** 20;

/** Two trials with a policy of one megabyte each, and two megabytes without a reference. */
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-gc-'));
  env = { DATABASE_URL: database.url, ASSAY_DATA_DIR: dataDir };
  store = createArtifactStore(dataDir, {});
  const study = await studyWith(database.db, [], { budget: { trials: 2 } });
  const storage = createStorage(database.db);
  const kept: string[] = [];
  for (const [i, value] of [1, 2].entries()) {
    await storage.ask(study.id);
    const { lease } = (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!;
    const stored = await store.put(new Uint8Array(megabyte).fill(i));
    await storage.attach(lease, { role: 'policy', ...stored });
    await storage.finish(lease, complete(value));
    kept.push(stored.hash);
  }
  const stray = await store.put(new Uint8Array(2 * megabyte).fill(9));
  hashes = { best: kept[0]!, worst: kept[1]!, stray: stray.hash };
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const there = (): readonly boolean[] => [hashes.best, hashes.worst, hashes.stray].map((hash) => existsSync(store.pathOf(hash)));

describe('assay gc', () => {
  test('leaves what is younger than --older-than, an hour by default', async () => {
    expect((await assayHere(['gc', '--yes', '--json', '--keep-top', '1', '--dry-run'], env)).json()).toMatchObject({ removed: 0, kept: 3 });
  });

  test('says with --dry-run what would go, and leaves it', async () => {
    const { code, out } = await assayHere(['gc', '--dry-run', '--older-than', '0s'], env);
    expect(code).toBe(0);
    expect(out).toMatch(/^artifacts that would go\t1\t2\.0 MB$/m);
    expect(out).toMatch(/^artifacts kept\t2\t2\.0 MB$/m);
    expect(there()).toEqual([true, true, true]);
  });

  test('asks for --yes if there is no terminal to ask on, and removes nothing', async () => {
    const { code, out, err } = await assayHere(['gc', '--older-than', '0s'], env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^hint: .*--yes/m);
    expect(there()).toEqual([true, true, true]);
  });

  test('removes what nothing refers to, and with --keep-top what only other trials attached', async () => {
    expect((await assayHere(['gc', '--yes', '--json', '--older-than', '0s'], env)).json()).toEqual({
      dryRun: false,
      checkpoints: 0,
      attachments: 0,
      removed: 1,
      removedBytes: 2 * megabyte,
      kept: 2,
      keptBytes: 2 * megabyte,
    });
    expect(there()).toEqual([true, true, false]);
    const best = await assayHere(['gc', '--yes', '--jsonl', '--older-than', '0s', '--keep-top', '1'], env);
    expect(best.json()).toMatchObject({ attachments: 1, removed: 1, removedBytes: megabyte, kept: 1 });
    expect(there()).toEqual([true, false, false]);
  });

  test.each([
    ['--keep-top', 'none'],
    ['--keep-top', '0'],
    ['--older-than', 'soon'],
    ['--everything', ''],
  ])('%s %s exits 2 with a hint', async (...flags) => {
    const { code, out, err } = await assayHere(['gc', '--yes', ...flags.filter((flag) => flag !== '')], env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^hint: /m);
  });
});
