import { expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { createPulse } from './pulse.ts';

function pulse(work: () => Promise<void>) {
  const seen = { beats: 0, works: 0, now: 0n, lost: [] as unknown[], lines: [] as string[] };
  const made = createPulse({
    always: () => void seen.beats++,
    work: () => {
      seen.works++;
      return work();
    },
    now: () => seen.now,
    longest: 10n,
    onLost: (error) => void seen.lost.push(error),
    onLine: (line) => void seen.lines.push(line),
  });
  const beat = async (): Promise<void> => {
    seen.now += 4n;
    made.beat();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { seen, beat, isWell: made.isWell };
}

test('what needs no database is done with every beat while the database fails, which is said once', async () => {
  let fails = true;
  const { seen, beat, isWell } = pulse(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve()));
  expect(isWell()).toBe(true);
  for (let i = 0; i < 3; i++) await beat();
  expect([seen.beats, seen.works, isWell(), seen.lost]).toEqual([3, 3, false, []]);
  fails = false;
  await beat();
  expect(isWell()).toBe(true);
  expect(seen.lines).toEqual(['the database or the disk fails: away', 'the database and the disk answer again']);
});

test('and while it never answers', async () => {
  const { seen, beat, isWell } = pulse(() => new Promise(() => undefined));
  for (let i = 0; i < 2; i++) await beat();
  expect(isWell()).toBe(true);
  await beat();
  expect([seen.beats, seen.works, isWell()]).toEqual([3, 1, false]);
});

test('a lost lease is told', async () => {
  const lost = new AssayError('lease_lost', 'another engine has it', { hint: 'end' });
  const { seen, beat } = pulse(() => Promise.reject(lost));
  await beat();
  expect(seen.lost).toEqual([lost]);
});
