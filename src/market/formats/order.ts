import { AssayError } from '../../core/errors.ts';
import type { BarTable } from './bar-table.ts';

/** Order of a file's rows in time. */
export type RowOrder = 'ascending' | 'descending';

/**
 * The order of the rows: the declared one, else that of the first two.
 * @throws AssayError `data_invalid` at the first row that repeats a time or is out of this order.
 */
export function orderOf({ time, line }: BarTable, path: string, declared: RowOrder | null): RowOrder {
  const order = declared ?? (time.length > 1 && time[1]! < time[0]! ? 'descending' : 'ascending');
  const direction = order === 'ascending' ? 1 : -1;
  for (let i = 1; i < time.length; i++) {
    const [before, now] = [time[i - 1]!, time[i]!];
    const step = (now - before) * direction;
    if (step > 0) continue;
    const place = `${path}:${line[i]}, column datetime`;
    if (step === 0)
      throw new AssayError('data_invalid', `the time ${isoOf(now)} of line ${line[i - 1]} is repeated`, {
        place,
        hint: 'remove one of the two lines; bars of several symbols need a column that names them (--symbol-column)',
      });
    const runs = `time runs ${order === 'ascending' ? 'backwards' : 'forwards'} from line ${line[i - 1]} (${isoOf(before)}) to ${isoOf(now)}`;
    if (declared === null)
      throw new AssayError('data_invalid', `${runs}: the rows are in no order`, { place, hint: 'sort the file by time' });
    const opposite = order === 'ascending' ? 'descending' : 'ascending';
    const isOpposite = (time.at(-1)! - time[0]!) * direction < 0;
    throw new AssayError('data_invalid', `${runs}, but ${order} was declared`, {
      place,
      hint: isOpposite ? `the file looks ${opposite}: --order ${opposite}` : 'sort the file by time',
    });
  }
  return order;
}

export function isoOf(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
