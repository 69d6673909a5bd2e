import { AssayError } from '../../core/errors.ts';

/** Returns the row of a statement about a queued, running or paused trial. @throws AssayError `conflict` if there is none */
export function requireOpen<Row>(rows: readonly Row[], number: number): Row {
  const row = rows[0];
  if (row !== undefined) return row;
  throw new AssayError('conflict', `trial ${number} has ended, or there is none`, {
    hint: 'only a queued, running or paused trial can be paused or resumed',
  });
}
