import { describe, expect, test } from 'vitest';
import type { ChangesPage } from '../../storage/readers/changes-since.ts';
import type { StudyDetail } from '../../storage/readers/show-study.ts';
import type { Io } from '../io.ts';
import { type LivePicture, steadied } from './live-picture.ts';
import { createProgress, lineOf, studyLines } from './progress.ts';
import { createWatchView } from './watch-view.ts';

const study = {
  name: 's',
  direction: 'maximize',
  objectives: null,
  sampler: { id: 'tpe', options: {} },
  pruner: { id: 'median', options: {} },
  best: 1.25,
  bestAddress: 's#3',
  budget: { trials: 40 },
  counts: { queued: 0, running: 2, complete: 12, pruned: 7, failed: 1, cancelled: 0 },
} as unknown as StudyDetail;

describe('the live block', () => {
  test('says how far the study is, what is best, and when it will be done at this run’s pace', () => {
    const lines = studyLines(study, { running: ['s#20', 's#21'], endedHere: 10, elapsedMs: 60_000 });
    expect(lines[1]).toBe('  ████████████░░░░░░░░░░░░  20 of 40 trials: 12 complete, 7 pruned, 1 failed, 2 running');
    expect(lines[2]).toBe('  best 1.25 (s#3)   10 trials/min   ETA 2 min 00 s');
    expect(lines[3]).toBe('  running s#20 s#21');
  });

  test('promises nothing before a trial has ended', () => {
    expect(studyLines(study, { running: [], endedHere: 0, elapsedMs: 5000 })[2]).toBe('  best 1.25 (s#3)   - trials/min');
  });
});

test('the line of a complete trial says that it misses a constraint', () => {
  const line = (constraints: readonly number[]): string | null =>
    lineOf({
      kind: 'trial-finished',
      address: 's#4',
      outcome: { kind: 'complete', value: 0.4645, constraints, metrics: {} },
      durationMs: 1500,
    });
  expect(line([-1, 0])).toBe('s#4 complete: 0.4645 after 1.5 s');
  expect(line([-1, 0.1])).toBe('s#4 complete: 0.4645, misses a constraint after 1.5 s');
});

describe('on a terminal', () => {
  const terminal = () => {
    const written: string[] = [];
    const sink = { write: (text: string) => void written.push(text), isTerminal: true, width: () => 80, rows: () => 24 };
    return { written, io: { out: sink, err: sink, env: {} } as unknown as Io };
  };
  const pictures: readonly (readonly [string, LivePicture])[] = [
    ['fails', { lines: () => Promise.reject(new Error('no chart')) }],
    [
      'throws',
      {
        lines: () => {
          throw new Error('no chart');
        },
      },
    ],
    ['says nothing', { lines: () => new Promise(() => undefined) }],
  ];

  test.each(pictures)('a run has its words where the picture %s', async (_what, picture) => {
    const { written, io } = terminal();
    await createProgress(io, {}, async () => study, picture).end();
    expect(written.join('')).toContain('20 of 40 trials');
  });

  test.each(pictures)('a followed study ends with its words where the picture %s', async (_what, picture) => {
    const { written, io } = terminal();
    const view = createWatchView(io, {}, picture);
    view.show({ study: { ...study, state: 'running', trialsPerHour: 1, etaMs: null }, trials: [] } as unknown as ChangesPage);
    await view.end(true);
    expect(written.join('')).toContain('20 of 40 trials');
  });

  test('the picture of before stays where the next one fails', async () => {
    let asked = 0;
    const steady = steadied({ lines: async () => (++asked === 1 ? ['a chart'] : Promise.reject(new Error('no chart'))) });
    expect([await steady.lines('s'), await steady.lines('s'), await steady.lines('other'), asked]).toEqual([
      ['a chart'],
      ['a chart'],
      [],
      3,
    ]);
  });
});

describe('progress elsewhere', () => {
  test('is a line for each ended trial, and nothing with --quiet', () => {
    const written: string[] = [];
    const sink = { write: (text: string) => void written.push(text), isTerminal: false, width: () => 80 };
    const none = { lines: async () => [] };
    const io = { out: sink, err: sink, env: {} } as unknown as Io;
    const finished = {
      kind: 'trial-finished',
      address: 's#4',
      outcome: { kind: 'pruned', atStep: 2, reason: 'too low' },
      durationMs: 1500,
    } as const;
    createProgress(io, {}, async () => null, none).tell(finished);
    createProgress(io, { quiet: true }, async () => null, none).tell(finished);
    expect(written).toEqual(['s#4 pruned at step 2: too low after 1.5 s\n']);
  });
});
