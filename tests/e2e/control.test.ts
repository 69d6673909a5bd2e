import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { assay, assayHere, type CommandResult } from './assay.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-control-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (high: number): string => {
  const path = join(folder, `upto-${high}.ts`);
  writeFileSync(
    path,
    `import { defineStudy, float } from 'assay';
export default defineStudy({ name: 'controlled', direction: 'minimize', space: { x: float(0, ${high}) }, budget: { trials: 3 }, objective: ({ params }) => params.x });
`,
  );
  return path;
};

const at = () => ['--database-url', database.url, '--data-dir', inject('testDataDir')];
const run = (...parameters: string[]): CommandResult => assay([...at(), ...parameters]);
/** What needs no worker. */
const tell = (...parameters: string[]): Promise<CommandResult> => assayHere([...at(), ...parameters]);

describe('controlling a study from the command line', { timeout: 120_000 }, () => {
  beforeAll(() => {
    expect(run('run', file(1)).code).toBe(0);
  }, 120_000);

  test('shows what a file changes, and refuses a narrower space with exit code 3', () => {
    const wider = run('study', 'diff', file(2), '--json');
    expect(wider.code).toBe(0);
    expect(wider.json<{ changes: { what: string; kind: string }[] }>().changes).toMatchObject([
      { what: 'x', kind: 'widened', breaking: false },
      { what: 'source', kind: 'changed' },
    ]);
    expect(run('run', file(2), '--trials', '5').code).toBe(0);
    const narrower = run('study', 'diff', file(1), '--json');
    expect(narrower.code).toBe(3);
    expect(narrower.json()).toMatchObject({
      changes: [{ what: 'x', kind: 'narrowed', breaking: true }, { what: 'budget' }, { what: 'source' }],
    });
    const refused = run('run', file(1));
    expect([refused.code, refused.err]).toEqual([3, expect.stringMatching(/x was .*, is /)]);
  });

  test('pauses, resumes, stops and cancels, and says where the study stands', async () => {
    const raised = await tell('trial', 'enqueue', 'controlled', '-p', 'x=0.5', '--raise-budget', '--json');
    expect(raised.json()).toMatchObject({ address: 'controlled#5', state: 'queued', params: { x: 0.5 } });
    expect((await tell('study', 'pause', 'controlled', '--json')).json()).toMatchObject({ desiredState: 'paused' });
    expect((await tell('study', 'show', 'controlled', '--json')).json()).toMatchObject({ state: 'paused' });
    expect((await tell('study', 'resume', 'controlled', '--json')).json()).toMatchObject({ desiredState: 'open' });
    expect((await tell('trial', 'cancel', 'controlled#5', '--json')).json()).toEqual({ address: 'controlled#5', state: 'cancelled' });
    expect((await tell('trial', 'retry', 'controlled#5', '--json')).json()).toMatchObject({ address: 'controlled#6', state: 'queued' });
    expect((await tell('trial', 'pause', 'controlled#6', '--json')).json()).toEqual({ address: 'controlled#6', state: 'paused' });
    expect((await tell('trial', 'ls', 'controlled', '--state', 'paused', '--json')).json()).toMatchObject({
      items: [{ number: 6, state: 'paused' }],
    });
    expect(run('work', '--study', 'controlled', '--json').json()).toMatchObject({ end: 'finished', ended: { complete: 0 } });
    expect((await tell('trial', 'resume', 'controlled#6', '--json')).json()).toEqual({ address: 'controlled#6', state: 'queued' });
    const work = run('work', '--study', 'controlled', '--json');
    expect([work.code, work.json()]).toMatchObject([0, { end: 'finished', ended: { complete: 1 } }]);
    expect((await tell('trial', 'show', 'controlled#6', '--json')).json()).toMatchObject({ state: 'complete', value: 0.5 });
  });

  test('tells a trial that runs to pause, to go on, to end', async () => {
    const storage = createStorage(database.db);
    const { id, name } = await storage.open(describeStudy());
    await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
    const told: unknown[] = [];
    for (const control of ['pause', 'resume', 'cancel']) told.push((await tell('trial', control, `${name}#0`, '--json')).json()['state']);
    expect(told).toEqual(['told to pause', 'running', 'told to end']);
  });

  test('asks before what cannot be undone, which without a terminal takes --yes', async () => {
    for (const verb of ['cancel', 'rm']) {
      const refused = await tell('study', verb, 'controlled');
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--yes')]);
    }
    expect((await tell('study', 'rm', 'controlled', '--yes')).code).toBe(0);
    expect((await tell('study', 'show', 'controlled')).code).toBe(2);
  });
});

describe('a study with nothing left to run', { timeout: 120_000 }, () => {
  test('ends a run also while it is paused, and says what is paused; a pinned space is another study', { timeout: 120_000 }, async () => {
    expect(run('run', file(1), '--name', 'over').code).toBe(0);
    const paused = await tell('study', 'pause', 'over');
    expect([paused.code, paused.err]).toEqual([0, expect.stringContaining('over has nothing left to run')]);
    expect((await tell('study', 'ls', '--q', 'over', '--json')).json()).toMatchObject({
      items: [{ state: 'complete', desiredState: 'paused' }],
    });
    expect((await tell('study', 'show', 'over')).out).toContain('complete, paused');
    const again = run('run', file(1), '--name', 'over');
    expect([again.code, again.err]).toEqual([0, expect.stringContaining('the budget of 3 trials is used up; `--trials 6` goes on')]);
    const waits = run('run', file(1), '--name', 'over', '--trials', '4', '--timeout', '4s');
    expect(waits.err).toContain('over is paused; `assay study resume over` goes on');
    const pinned = run('run', file(1), '--name', 'over', '--set', 'x=0.5');
    expect([pinned.code, pinned.err]).toEqual([3, expect.stringMatching(/--name over-2.*--set.*a pinned space is another study/s)]);
  });

  test('says how failed trials go on, fails where all of them failed, and tries them again together', async () => {
    const path = join(folder, 'failing.ts');
    const write = (objective: string) =>
      writeFileSync(
        path,
        `import { defineStudy, float } from 'assay';
export default defineStudy({ name: 'failing', direction: 'minimize', space: { x: float(0, 1) }, budget: { trials: 3 }, objective: ({ params }) => ${objective} });
`,
      );
    write("{ throw new Error('no such column'); }");
    expect(run('run', path).code).toBe(1);
    write('params.x');
    const usedUp = run('run', path);
    expect([usedUp.code, usedUp.err]).toEqual([
      1,
      expect.stringMatching(
        /the budget of 3 trials is used up \(3 failed\); `--trials 6`, or `assay trial retry --failed failing --raise-budget`, goes on.*all 3 trials of this study failed/s,
      ),
    ]);
    const none = await tell('trial', 'retry', 'failing#0', '--failed', 'failing');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('--failed')]);
    const retried = await tell('trial', 'retry', '--failed', 'failing', '--raise-budget', '--json');
    expect(retried.json()).toMatchObject({
      items: [0, 1, 2].map((number) => ({ address: `failing#${number + 3}`, repeatOf: `failing#${number}` })),
    });
    expect(run('run', path, '--json').json()).toMatchObject({ ended: { complete: 3 } });
  });
});
