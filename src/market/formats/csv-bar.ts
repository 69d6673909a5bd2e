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

/** A bar and the line it stands on. */
export interface CsvRow extends Bar {
  readonly line: number;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * One line's bar.
 * @throws data_invalid naming the column: an unreadable stamp or number, a price that is not positive, high or low that do
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
        ? `${JSON.stringify(stampText)} is no time`
        : `${JSON.stringify(stampText)} never was on the clocks of ${options.zone}`,
      {
        place: `${place}, column datetime`,
        hint:
          stamp.problem === 'unreadable'
            ? 'accepted: 2018-02-16 09:30:00 (in one column or two), with or without an offset, or epoch seconds or milliseconds'
            : 'the clock was put forward over it: declare the right --zone',
      },
    );
  const numberIn = (column: 'open' | 'high' | 'low' | 'close' | 'volume'): number => {
    const text = fields[header[column]]!;
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw new AssayError('data_invalid', `${JSON.stringify(text)} is not a number`, {
      place: `${place}, column ${column}`,
      hint: text.includes(',') ? 'write the decimals after a point' : 'correct the line or remove it',
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
    throw new AssayError('data_invalid', `open ${bar.open}, high ${bar.high}, low ${bar.low} and close ${bar.close} do not fit together`, {
      place,
      hint: 'prices must be positive, high the largest and low the smallest of the four; check that the columns are named right',
    });
  if (bar.volume < 0)
    throw new AssayError('data_invalid', `the volume ${bar.volume} is negative`, {
      place: `${place}, column volume`,
      hint: 'correct the line or remove it',
    });
  return bar;
}
