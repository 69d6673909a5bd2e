import { describe, expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { createEventLog } from './event-log.ts';

function logged(use: (log: ReturnType<typeof createEventLog>) => void): Readonly<Record<string, unknown>>[] {
  const lines: string[] = [];
  use(createEventLog((text) => lines.push(text)));
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('a log of JSON lines', () => {
  test('says when, how bad, which trial and what happened', () => {
    const [line] = logged((log) =>
      log.tell({
        kind: 'trial-finished',
        address: 's#7',
        durationMs: 12.4,
        outcome: { kind: 'failed', error: { code: 'not_finite', message: 'the loss is NaN at step 3' } },
      }),
    );
    expect(line).toMatchObject({
      level: 'error',
      event: 'trial-finished',
      trial: 's#7',
      outcome: 'failed',
      code: 'not_finite',
      durationMs: 12,
    });
    expect(line!['message']).toContain('the loss is NaN at step 3');
    expect(new Date(String(line!['time'])).getTime()).toBeGreaterThan(0);
  });

  test('says which study is left alone, and what its author can do', () => {
    const error = { code: 'study_invalid', place: 'sampler', message: 'the space has no parameter "width"', hint: 'it has x, y' };
    const [line] = logged((log) => log.tell({ kind: 'study-set-aside', study: 's', error }));
    expect(line).toMatchObject({ level: 'error', event: 'study-set-aside', study: 's', code: 'study_invalid' });
    expect(line!['message']).toContain('sampler: the space has no parameter "width" (it has x, y)');
  });

  test('keeps the hint of a known error and the stack of an unknown one', () => {
    const [known, unknown] = logged((log) => {
      log.fault(new AssayError('usage', 'no such flag', { hint: 'see --help' }));
      log.fault(new Error('surprise'));
    });
    expect(known).toMatchObject({ level: 'error', message: 'no such flag', code: 'usage', hint: 'see --help' });
    expect(unknown!['stack']).toContain('event-log.test');
  });

  test('never repeats a password, whoever printed it', () => {
    const url = 'postgresql://assay:s3cret@db.example:5432/assay';
    const lines = logged((log) => {
      log.say(`connecting to ${url}`);
      log.tell({ kind: 'log', text: url });
      log.fault(new Error(url));
    });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
    expect(lines[0]!['message']).toBe('connecting to postgresql://assay:***@db.example:5432/assay');
  });
});
