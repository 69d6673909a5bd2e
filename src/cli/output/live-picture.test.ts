import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { createStorage } from '../../storage/storage.ts';
import { answersOf } from '../plot/answers.ts';
import { createLivePicture } from './live-picture.ts';

const database = useDatabase();

const terminal = (columns: number, rows: number) => ({
  err: { write: () => undefined, isTerminal: true, width: () => columns, rows: () => rows },
  env: { NO_COLOR: '1' },
});

test('shows the best so far and the curves of what runs, where there is room', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(3) }, {}], { direction: 'maximize' });
  const storage = createStorage(database.db);
  const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
  if (taken.kind !== 'taken') throw new Error('nothing to run');
  for (const [step, value] of [
    [10, 1],
    [20, 2],
    [30, 4],
  ] as const)
    await storage.report(taken.claimed.lease, { step, value });
  const answers = () => answersOf({ db: database.db });
  const lines = await createLivePicture(terminal(80, 24), answers).lines(name);
  expect(lines.at(-1)).toMatch(new RegExp(`^  ${name}#2  ▁▃█ +4 at step 30$`));
  expect(lines.join('\n')).toContain('╭─');
  expect(lines.length).toBeLessThan(14);
  for (const line of lines) expect(line.length).toBeLessThan(80);
  for (const small of [terminal(50, 24), terminal(80, 16)]) expect(await createLivePicture(small, answers).lines(name)).toEqual([]);
});

test('reads no more often than every two seconds, unless it is to be fresh', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(3) }]);
  let asked = 0;
  const read = await answersOf({ db: database.db });
  const picture = createLivePicture(terminal(80, 24), async () => (address) => {
    asked += 1;
    return read(address);
  });
  const first = await picture.lines(name);
  expect([await picture.lines(name), asked]).toEqual([first, 2]);
  expect([await picture.lines(name, true), asked]).toEqual([first, 4]);
});
