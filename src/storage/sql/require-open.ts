import { AssayError } from '../../core/errors.ts';

/** The one row of a statement about a trial that is queued, running or paused. @throws AssayError `conflict` where it found none */
export function requireOpen<Row>(rows: readonly Row[], number: number): Row {
  const row = rows[0];
  if (row !== undefined) return row;
  throw new AssayError('conflict', `trial ${number} has ended, or there is none`, {
    hint: 'only a trial that waits, runs or is paused can be paused or resumed',
  });
}
