import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AssayError } from '../core/errors.ts';
import { createFaultLog, type FaultLine } from './fault-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refused = () =>
  new DrizzleQueryError(
    'select secret from studies',
    ['param'],
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  );

function logged() {
  const lines: FaultLine[] = [];
  return { lines, log: createFaultLog((line) => lines.push(line)) };
}

test('a fault that comes five thousand times is one line at once and one a minute with their number, without stack or SQL', () => {
  const { lines, log } = logged();
  for (let i = 0; i < 5272; i++) log.add(refused());
  expect(lines.map(({ n }) => n)).toEqual([1]);
  vi.advanceTimersByTime(60_000);
  expect(lines.map(({ n }) => n)).toEqual([1, 5271]);
  expect(lines[0]?.text).toBe('database_unavailable: the database does not answer; try again in a moment; `assay db status` says more');
  expect(lines[1]?.text).toContain('(5271 more in the last minute)');
  for (const { text } of lines) {
    expect(text).not.toMatch(/\n|select|secret|\.ts|node_modules/);
  }
  // Nothing came: the kind is forgotten, and the next one is said at once.
  vi.advanceTimersByTime(60_000);
  log.add(refused());
  expect(lines.map(({ n }) => n)).toEqual([1, 5271, 1]);
  log.close();
});

test('each kind has its line: codes, and unexpected errors by where they were thrown', () => {
  const { lines, log } = logged();
  const wrong = () => new TypeError('x is not a function');
  for (let i = 0; i < 3; i++) log.add(refused());
  for (let i = 0; i < 3; i++) log.add(wrong());
  log.add(new RangeError('Invalid array length'));
  log.add(new AssayError('data_invalid', 'the checkpoint is damaged', { hint: 'begin anew' }));
  const broken = new pg.DatabaseError('relation "studies" does not exist', 0, 'error');
  log.add(new DrizzleQueryError('select secret', [], Object.assign(broken, { code: '42P01' })));
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringContaining('database_unavailable: '),
    'internal: a request failed: TypeError: x is not a function; with --log json the whole error is logged',
    expect.stringContaining('RangeError: Invalid array length'),
    'data_invalid: the checkpoint is damaged; begin anew',
    expect.stringContaining('relation "studies" does not exist'),
  ]);
  expect(JSON.stringify(lines.map(({ text }) => text))).not.toContain('secret');
  log.close();
  expect(lines.slice(5).map(({ n }) => n)).toEqual([2, 2]);
});

test('a message is one line of at most 200 characters', () => {
  const { lines, log } = logged();
  log.add(new Error(`one\ntwo\t${'x'.repeat(10_000)}`));
  expect(lines[0]?.text).toMatch(/^internal: a request failed: Error: one two x+…; /);
  expect(lines[0]?.text.length).toBeLessThan(320);
  log.close();
});

test('a thousand kinds take no more memory than a hundred', () => {
  const { lines, log } = logged();
  for (let i = 0; i < 1000; i++) log.add(Object.assign(new Error('no'), { code: `E${i}` }));
  expect(lines).toHaveLength(101);
  vi.advanceTimersByTime(60_000);
  expect(lines.at(-1)?.n).toBe(899);
  log.close();
});
