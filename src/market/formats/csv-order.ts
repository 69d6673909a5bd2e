import { AssayError } from '../../core/errors.ts';
import type { CsvTable } from './csv-table.ts';

/** Checks the order of the rows. @throws AssayError `data_invalid` at the first row that repeats a time or is out of the declared order. */
export function checkOrder({ startMs, line }: CsvTable, path: string, order: 'ascending' | 'descending'): void {
  const direction = order === 'ascending' ? 1 : -1;
  for (let i = 1; i < startMs.length; i++) {
    const [before, now] = [startMs[i - 1]!, startMs[i]!];
    const step = (now - before) * direction;
    if (step > 0) continue;
    const place = `${path}:${line[i]}, column datetime`;
    if (step === 0)
      throw new AssayError('data_invalid', `the time ${isoOf(now)} of line ${line[i - 1]} is repeated`, {
        place,
        hint: 'remove one of the two lines',
      });
    const opposite = order === 'ascending' ? 'descending' : 'ascending';
    const isOpposite = (startMs.at(-1)! - startMs[0]!) * direction < 0;
    throw new AssayError(
      'data_invalid',
      `time runs ${order === 'ascending' ? 'backwards' : 'forwards'} from line ${line[i - 1]} (${isoOf(before)}) to ${isoOf(now)}, but ${order} was declared`,
      { place, hint: isOpposite ? `the file looks ${opposite}: --order ${opposite}` : 'sort the file by time' },
    );
  }
}

/**
 * Checks for gaps: steps of more than one bar between neighbours of one session. A session that begins late or ends early (a half
 * holiday) has no gap; the quality report shows its number of bars.
 * @throws AssayError `data_invalid` at the first gap.
 */
export function checkSessionGaps({ startMs, line }: CsvTable, path: string, dayOf: (utcMs: number) => number | null, barMs: number): void {
  for (let i = 1; i < startMs.length; i++) {
    const [before, now] = [startMs[i - 1]!, startMs[i]!];
    const missing = Math.ceil((now - before) / barMs) - 1;
    if (missing > 0 && dayOf(now) === dayOf(before))
      throw new AssayError(
        'data_invalid',
        `${missing} ${missing === 1 ? 'bar is' : 'bars are'} missing between ${isoOf(before)} and ${isoOf(now)}`,
        {
          place: `${path}:${line[i]}, column datetime`,
          hint: 'import the file with its gaps by --gaps allow; missing bars are not filled',
        },
      );
  }
}

function isoOf(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
