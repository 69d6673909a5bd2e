import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { writeStrongMarket } from '../fixtures/strong-market.ts';
import { assay, assayHere, type CommandResult } from './assay.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/vaulted.ts', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-vaulted-'));
  writeStrongMarket(folder, 'vaulted', 95);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ DATABASE_URL: database.url, ASSAY_DATA_DIR: folder });
const run = (...parameters: readonly string[]): CommandResult => assay([...parameters, '--json'], environment());
/** What is answered without training. */
const ask = (...parameters: readonly string[]): Promise<CommandResult> => assayHere([...parameters, '--json'], environment());

interface Judged {
  readonly passed: boolean;
  readonly verdicts: readonly { readonly gate: string; readonly passed: boolean; readonly severity: string; readonly because: string }[];
}
const refusing = (result: CommandResult) =>
  result
    .json<Judged>()
    .verdicts.filter(({ passed, severity }) => !passed && severity === 'refuse')
    .map(({ gate }) => gate)
    .sort();

interface Looked {
  readonly opened: { readonly sequence: number; readonly reason: string; readonly policies: readonly { readonly hash: string }[] };
  readonly result: { readonly sequence: number; readonly opened: number };
  readonly items: readonly { readonly seed: number; readonly days: number; readonly policyHash: string }[];
}

describe.sequential('a trading task that keeps a vault', () => {
  let best: string;
  let first: Looked;

  test('is searched and validated, and its best trial passes the gates of its policy', async () => {
    expect(run('run', file, '--workers', '2').json()).toMatchObject({ ended: { complete: 2 } });
    best = (await ask('best', 'vaulted')).json<{ trials: { address: string }[] }>().trials[0]!.address;
    expect(run('validate', best, '--seeds', '3')).toMatchObject({ code: 0 });
    expect(await ask('gate', best)).toMatchObject({ code: 0 });
    const { because } = (await ask('gate', best, '--policy', 'strict')).json<Judged>().verdicts.find(({ gate }) => gate === 'vault')!;
    expect(because).toContain('the vault was not opened');
  }, 900_000);

  test('the vault opens once: the policies of the last fold are walked over its six days', async () => {
    const opened = run('vault', 'open', best, '--reason', 'every other gate passed', '--as', 'ada');
    expect(opened.err).not.toMatch(/^error/m);
    expect(opened.code).toBe(0);
    first = opened.json<Looked>();
    expect(first.opened).toMatchObject({ sequence: 1, reason: 'every other gate passed' });
    expect(first.result).toMatchObject({ sequence: 2, opened: 1 });
    expect(first.items.map(({ days }) => days)).toEqual([6, 6, 6]);
    expect(first.items.map(({ policyHash }) => policyHash)).toEqual(first.opened.policies.map(({ hash }) => hash));
    const again = await ask('vault', 'open', best, '--reason', 'once more');
    expect(again.code).toBe(3);
    expect(again.json<Looked>()).toEqual(first);
    expect(again.err).toContain('the first result stands');
  }, 300_000);

  test('then the strict policy has its verdict on the vault, what was looked at is promoted, and the ledger tells the whole of it', async () => {
    const strict = await ask('gate', best, '--policy', 'strict');
    expect(strict.json<Judged>().verdicts.find(({ gate }) => gate === 'vault')).toMatchObject({
      passed: true,
      because: expect.stringContaining('6 days of the vault') as string,
    });
    // The edge is linear, so a linear rule is as good; and of two trials nothing says how many halves lose.
    expect(refusing(strict)).toEqual(['beats-baseline', 'overfit']);
    const promoted = run('promote', best, '--to', 'vaulted@champion');
    expect(promoted.code).toBe(0);
    expect(first.opened.policies[0]!.hash).toBe((await ask('model', 'show', 'vaulted@champion')).json<{ policyHash: string }>().policyHash);
    const { items } = (await ask('model', 'history', 'vaulted')).json<{ items: { kind: string }[] }>();
    expect(items.map(({ kind }) => kind)).toEqual(['promoted', 'vault-result', 'vault-opened']);
    expect(run('model', 'verify', '--recompute').json()).toMatchObject({ intact: true, records: 3, bundles: 1 });
  }, 300_000);
});
