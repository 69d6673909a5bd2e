import { AssayError } from '../../core/errors.ts';
import type { CsvRow } from './csv-bar.ts';

/** @throws data_invalid at the first row that repeats a time or runs against the declared order. */
export function checkOrder(rows: readonly CsvRow[], path: string, order: 'ascending' | 'descending'): void {
  const direction = order === 'ascending' ? 1 : -1;
  for (let i = 1; i < rows.length; i++) {
    const [before, row] = [rows[i - 1]!, rows[i]!];
    const step = (row.startMs - before.startMs) * direction;
    if (step > 0) continue;
    const place = `${path}:${row.line}, column datetime`;
    if (step === 0)
      throw new AssayError('data_invalid', `the time ${isoOf(row)} of line ${before.line} comes again`, {
        place,
        hint: 'remove one of the two lines',
      });
    const opposite = order === 'ascending' ? 'descending' : 'ascending';
    const isOpposite = (rows.at(-1)!.startMs - rows[0]!.startMs) * direction < 0;
    throw new AssayError(
      'data_invalid',
      `time runs ${order === 'ascending' ? 'backwards' : 'forwards'} from line ${before.line} (${isoOf(before)}) to ${isoOf(row)}, but ${order} was declared`,
      { place, hint: isOpposite ? `the file looks ${opposite}: --order ${opposite}` : 'sort the file by time' },
    );
  }
}

/**
 * A gap is a step of more than one bar between neighbours of one session. A session that begins late or ends early (a half
 * holiday) is not one: the quality report shows its number of bars.
 * @throws data_invalid at the first gap.
 */
export function checkSessionGaps(rows: readonly CsvRow[], path: string, dayOf: (utcMs: number) => number | null, barMs: number): void {
  for (let i = 1; i < rows.length; i++) {
    const [before, row] = [rows[i - 1]!, rows[i]!];
    const missing = Math.ceil((row.startMs - before.startMs) / barMs) - 1;
    if (missing > 0 && dayOf(row.startMs) === dayOf(before.startMs))
      throw new AssayError(
        'data_invalid',
        `${missing} ${missing === 1 ? 'bar is' : 'bars are'} missing between ${isoOf(before)} and ${isoOf(row)}`,
        {
          place: `${path}:${row.line}, column datetime`,
          hint: 'take the bars as they are with --gaps allow; nothing is filled in',
        },
      );
  }
}

function isoOf(row: CsvRow): string {
  return new Date(row.startMs).toISOString();
}
