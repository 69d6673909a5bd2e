import { AssayError } from '../../core/errors.ts';
import type { ZoneClock } from '../local-time.ts';
import { isOhlcConsistent } from '../quality.ts';
import type { CsvHeader } from './csv-header.ts';
import { readStamp } from './stamp.ts';

interface Bar {
  /** Epoch milliseconds at which the bar starts. */
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A bar and its line number. */
export interface CsvRow extends Bar {
  readonly line: number;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Parses the bar of one line.
 * @throws AssayError `data_invalid` with the column: an unreadable stamp or number, a price that is not positive, high or low that do
 * not enclose open and close, a negative volume.
 */
export function readBar(
  fields: readonly string[],
  header: CsvHeader,
  place: string,
  clock: ZoneClock,
  options: { readonly stamp: 'start' | 'end'; readonly barMs: number; readonly zone: string },
): Bar {
  const stampText = header.stamp.map((index) => fields[index]!).join(' ');
  const stamp = readStamp(stampText, clock);
  if ('problem' in stamp)
    throw new AssayError(
      'data_invalid',
      stamp.problem === 'unreadable'
        ? `${JSON.stringify(stampText)} is not a time`
        : `${JSON.stringify(stampText)} does not exist in the local time of ${options.zone}`,
      {
        place: `${place}, column datetime`,
        hint:
          stamp.problem === 'unreadable'
            ? 'accepted: 2018-02-16 09:30:00 (in one column or two), with or without an offset, or epoch seconds or milliseconds'
            : 'the clock was put forward over this time: declare the correct --zone',
      },
    );
  const numberIn = (column: 'open' | 'high' | 'low' | 'close' | 'volume'): number => {
    const text = fields[header[column]]!;
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw new AssayError('data_invalid', `${JSON.stringify(text)} is not a number`, {
      place: `${place}, column ${column}`,
      hint: text.includes(',') ? 'use a point as the decimal separator' : 'correct the line or remove it',
    });
  };
  const bar = {
    startMs: stamp.utcMs - (options.stamp === 'end' ? options.barMs : 0),
    open: numberIn('open'),
    high: numberIn('high'),
    low: numberIn('low'),
    close: numberIn('close'),
    volume: numberIn('volume'),
  };
  if (!isOhlcConsistent(bar.open, bar.high, bar.low, bar.close))
    throw new AssayError('data_invalid', `open ${bar.open}, high ${bar.high}, low ${bar.low} and close ${bar.close} are inconsistent`, {
      place,
      hint: 'prices must be positive, high the largest and low the smallest of the four; check the names of the columns',
    });
  if (bar.volume < 0)
    throw new AssayError('data_invalid', `the volume ${bar.volume} is negative`, {
      place: `${place}, column volume`,
      hint: 'correct the line or remove it',
    });
  return bar;
}
