import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { removeStudy } from '../../storage/commands/remove-study.ts';
import type { ChangesPage } from '../../storage/readers/changes-since.ts';
import { createStorage } from '../../storage/storage.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';

const database = useDatabase();

/** Runs `assay study watch` with these arguments; what it writes is there as it comes. */
function watch(argv: readonly string[], isTerminal = false) {
  const written = { out: '', err: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal,
    width: () => 200,
  });
  const io: Io = { out: sink('out'), err: sink('err'), in: new PassThrough(), env: {} };
  return { written, code: main(['study', 'watch', ...argv, '--database-url', database.url], io) };
}

async function work(study: number, value: number): Promise<void> {
  const storage = createStorage(database.db);
  const taken = await storage.take({ studies: [study], worker: 'w', leaseMs: 600_000 });
  if (taken.kind === 'taken') await storage.finish(taken.claimed.lease, complete(value));
}

const failed = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;
const pruned = { kind: 'pruned', atStep: 2, reason: 'below the median' } as const;

test('in a pipe each trial that ended is a line under one header, and the study ends it', async () => {
  const { name } = await studyWith(
    database.db,
    [
      { params: { lr: 0.5, layers: 1 }, outcome: complete(3) },
      { params: { lr: 0.25, layers: 2 }, outcome: pruned, reports: [[2, 7]] },
      { params: { lr: 0.125, layers: 3 }, outcome: failed },
    ],
    { budget: { trials: 3 } },
  );
  const { written, code } = watch([name, '--since', '0']);
  expect(await code).toBe(0);
  const rows = written.out.split('\n').map((line) => line.split('\t'));
  expect(rows.map((row) => [...row.slice(0, 4), ...row.slice(5)])).toEqual([
    ['trial', 'state', 'value', 'step', 'params', 'why'],
    [`${name}#0`, 'complete', '3', '-', 'lr=0.5 layers=1', ''],
    [`${name}#1`, 'pruned', '7', '2', 'lr=0.25 layers=2', 'below the median'],
    [`${name}#2`, 'failed', '-', '-', 'lr=0.125 layers=3', 'boom'],
    [''],
  ]);
  expect(written.err).toBe(`study ${name} is complete\n`);
});

test('on a terminal it says what a run would, above the state of the study', async () => {
  const { id, name, revision } = await studyWith(database.db, [{ outcome: pruned, reports: [[2, 7]] }], { budget: { trials: 3 } });
  const { written, code } = watch([name], true);
  while (!written.err.includes(' trials: ')) await sleep(1);
  expect(written.err).toContain(`${name}  idle\n  ████████░░░░░░░░░░░░░░░░  1 of 3 trials: 0 complete, 1 pruned, 0 running\n  best -`);
  await work(id, 4);
  await work(id, Number.POSITIVE_INFINITY);
  expect(await code).toBe(0);
  expect(written.out).toMatch(new RegExp(`^${name}#1 complete: 4 after [^\n]+ ms\n${name}#2 complete: Infinity after [^\n]+ ms\n$`));
  expect(written.err).toMatch(/3 of 3 trials: 2 complete, 1 pruned, 0 running\n {2}best 4 \(.*#1\)/);
  const before = watch([name, '--since', String(revision - 1)], true);
  await before.code;
  expect(before.written.out.split('\n')[0]).toMatch(/#0 pruned at step 2: below the median after /);
});

test.each(['--json', '--jsonl'])('%s is a line for each page of changes, with parameters', async (flag) => {
  const { id, name } = await studyWith(database.db, [{ params: { lr: 0.5, layers: 1 }, outcome: complete(3) }, {}]);
  const { written, code } = watch([name, '--since', '0', flag]);
  while (!written.out.includes('\n')) await sleep(1);
  await work(id, 1);
  expect(await code).toBe(0);
  const lines = written.out.trimEnd().split('\n');
  const pages = lines.map((line) => JSON.parse(line) as ChangesPage);
  expect(pages[0]).toMatchObject({
    more: false,
    study: { name, counts: { complete: 1, queued: 1 } },
    trials: [{ number: 0, state: 'complete', value: 3, params: { lr: 0.5 } }, { number: 1 }],
  });
  expect(pages.at(-1)).toMatchObject({ study: { state: 'complete' }, trials: [{ number: 1, value: 1 }] });
});

test('Ctrl-C ends it well, and says where it goes on', async () => {
  const { name, revision } = await studyWith(database.db, [{}]);
  const { written, code } = watch([name, '--since', String(revision)]);
  while (process.listenerCount('SIGINT') === 0) await sleep(1);
  process.emit('SIGINT');
  expect(await code).toBe(0);
  expect(written).toEqual({ out: '', err: `stopped watching at revision ${revision}; --since ${revision} goes on\n` });
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('nor does it name a place to go on from that it never reached', async () => {
  const { name } = await studyWith(database.db, [{}]);
  const { written, code } = watch([name]);
  while (process.listenerCount('SIGINT') === 0) await sleep(1);
  process.emit('SIGINT');
  expect(await code).toBe(0);
  expect(written).toEqual({ out: '', err: 'stopped watching\n' });
});

test('a study that is removed, unknown or not so far yet is an error', async () => {
  const { id, name } = await studyWith(database.db, [{}]);
  expect(await watch(['no-such-study']).code).toBe(2);
  expect(await watch([name, '--since', 'yesterday']).code).toBe(2);
  const ahead = watch([name, '--since', '1000']);
  expect([await ahead.code, ahead.written.err]).toEqual([2, expect.stringContaining('not yet at 1000')]);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { written, code } = watch([name, '--since', '0', '--jsonl']);
  while (written.out === '') await sleep(1);
  await removeStudy(database.db, id);
  // No revision says so: the next look by the clock does.
  vi.advanceTimersByTime(5000);
  vi.useRealTimers();
  expect([await code, written.err]).toEqual([3, expect.stringContaining('was removed')]);
});
