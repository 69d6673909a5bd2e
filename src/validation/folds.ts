import { AssayError } from '../core/errors.ts';

/** Half-open range of sessions, counted from 0. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Fold {
  readonly train: Span;
  readonly test: Span;
}

export interface FoldLayout {
  /** Number of sessions in the data. */
  readonly sessions: number;
  /** Sessions of the first fold's training part. */
  readonly train: number;
  /**
   * Sessions left out between training and test, so that no training data overlaps a test feature's window. Trading agents have no
   * label horizon; the gap covers the features' look-back.
   */
  readonly purge: number;
  /** Sessions of a test part; the next fold starts where this one's test ends, so tests are disjoint. */
  readonly test: number;
  /** Number of folds; default the most that fit. */
  readonly folds?: number;
}

/** Folds whose training part grows from session 0: [0, t), then the purge, then the test. */
export function anchoredFolds(layout: FoldLayout): readonly Fold[] {
  return testsOf(layout).map((test) => ({ train: { from: 0, to: test.from - layout.purge }, test }));
}

/** Splits a search window into a training part, a purge gap and an inner validation part at its end. */
export function innerSplit(window: Span, validation: number, purge: number): Fold {
  checkWhole('validation sessions', validation, 1);
  checkWhole('purge sessions', purge, 0);
  const test = { from: window.to - validation, to: window.to };
  const train = { from: window.from, to: test.from - purge };
  if (train.to - train.from < 1)
    throw new AssayError(
      'config_invalid',
      `${window.to - window.from} sessions leave nothing to train on beside ${purge} purged and ${validation} for validation`,
      { hint: 'widen the search window or shorten its validation part' },
    );
  return { train, test };
}

function testsOf({ sessions, train, purge, test, folds }: FoldLayout): readonly Span[] {
  checkWhole('sessions', sessions, 1);
  checkWhole('train sessions', train, 1);
  checkWhole('purge sessions', purge, 0);
  checkWhole('test sessions', test, 1);
  const fitting = Math.floor((sessions - train - purge - test) / test) + 1;
  const wanted = folds ?? fitting;
  checkWhole(
    'folds',
    Math.min(wanted, fitting),
    1,
    `${train} sessions to train, ${purge} purged and ${test} to test need ${train + purge + test} of ${sessions}`,
  );
  if (wanted > fitting)
    throw new AssayError(
      'config_invalid',
      `${wanted} folds of ${test} sessions do not fit into ${sessions} after ${train} to train and ${purge} purged`,
      {
        hint: `at most ${fitting} do`,
      },
    );
  return Array.from({ length: wanted }, (_, k) => ({ from: train + purge + k * test, to: train + purge + (k + 1) * test }));
}

function checkWhole(name: string, value: number, minimum: number, because?: string): void {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new AssayError('config_invalid', `${name}: ${value} is not a whole number from ${minimum}${because ? `: ${because}` : ''}`, {
      hint: 'check the validation part of the configuration',
    });
}
