import { AssayError } from '../core/errors.ts';
import { type AlignedBars, barFields } from '../market/bars.ts';
import type { SessionCalendar } from '../market/calendars/calendar.ts';
import { sessionOfBar } from '../market/sessions.ts';
import type { Bar } from './feature-set.ts';

/** A bar that is overwritten by the next one. */
export class CurrentBar implements Bar {
  time = 0;
  openMs = 0;
  closeMs = 0;
  date = '';
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly begins: Uint8Array;
  readonly rolls: Uint8Array;
  readonly columns: Readonly<Record<string, Float64Array>>;

  constructor(symbolCount: number, columnNames: readonly string[]) {
    const numbers = (): Float64Array => new Float64Array(symbolCount);
    this.open = numbers();
    this.high = numbers();
    this.low = numbers();
    this.close = numbers();
    this.volume = numbers();
    this.begins = new Uint8Array(symbolCount);
    this.rolls = new Uint8Array(symbolCount);
    this.columns = Object.fromEntries(columnNames.map((name) => [name, numbers()]));
  }

  /** Enters the session of a bar that starts now. @throws AssayError `data_invalid` for a time outside all sessions. */
  enterSession(calendar: SessionCalendar, startMs: number): void {
    const session = sessionOfBar(calendar, startMs);
    if (session === null)
      throw new AssayError('data_invalid', `the bar at ${new Date(startMs).toISOString()} lies outside the sessions of ${calendar.id}`, {
        hint: 'drop bars outside the sessions, or name the calendar of the market they are from',
      });
    this.openMs = session.openMs;
    this.closeMs = session.closeMs;
    this.date = session.date;
  }
}

/** Shows the bars of a data set one after the other. */
export interface BarReader {
  readonly bar: Bar;
  /** Makes `bar` the bar of a row; rows are read in order, from 0. */
  readonly read: (row: number) => void;
}

/**
 * @param needs named columns that every symbol must have.
 * @throws AssayError `data_invalid` for a column that is missing; while reading, for a value in one of these columns that is not finite.
 */
export function barReader(bars: AlignedBars, needs: readonly string[], set: string): BarReader {
  const bar = new CurrentBar(bars.symbols.length, needs);
  const { time, session, calendar, symbols } = bars;
  const assets = bars.bars.map((columns, k) => ({ ...columns, contract: bars.contracts[k]?.index ?? null }));
  const named = needs.map((name) => ({ name, from: symbols.map((_, k) => neededColumn(bars, k, name, set)), to: bar.columns[name]! }));
  return {
    bar,
    read: (row) => {
      bar.time = time[row]!;
      const begins = row === 0 || session[row] !== session[row - 1];
      if (begins) bar.enterSession(calendar, bar.time);
      for (let k = 0; k < assets.length; k++) {
        const one = assets[k]!;
        const open = one.open[row]!;
        const high = one.high[row]!;
        const low = one.low[row]!;
        const close = one.close[row]!;
        const volume = one.volume[row]!;
        bar.open[k] = open;
        bar.high[k] = high;
        bar.low[k] = low;
        bar.close[k] = close;
        bar.volume[k] = volume;
        // Not finite if any of the five is not.
        if (!Number.isFinite(open + high + low + close + volume)) throw faultOf(bar, k, symbols[k]!, row);
        const rolls = one.contract !== null && row > 0 && one.contract[row] !== one.contract[row - 1];
        bar.rolls[k] = rolls ? 1 : 0;
        bar.begins[k] = begins || rolls ? 1 : 0;
      }
      for (let i = 0; i < named.length; i++) {
        const { name, from, to } = named[i]!;
        for (let k = 0; k < from.length; k++) {
          const value = from[k]![row]!;
          if (!Number.isFinite(value)) throw notFinite(`${symbols[k]}.${name}`, value, bar.time, row);
          to[k] = value;
        }
      }
    },
  };
}

/** @throws AssayError `data_invalid` for a column of `needs` that a symbol does not have. */
export function checkColumns(bars: AlignedBars, needs: readonly string[], set: string): void {
  for (const k of bars.symbols.keys()) for (const name of needs) neededColumn(bars, k, name, set);
}

function neededColumn({ columns, symbols }: AlignedBars, k: number, name: string, set: string): Float64Array {
  const column = columns[k]?.[name];
  if (column !== undefined) return column;
  const held = Object.keys(columns[k] ?? {});
  throw new AssayError('data_invalid', `${set} needs the column ${name}, which ${symbols[k]} does not have`, {
    place: `${symbols[k]}: ${held.length === 0 ? 'no columns' : held.join(', ')} beside ${barFields.join(', ')}`,
    hint: 'import a file that has it (order flow comes from order books, such as DBN files), or use a feature set of bars alone: phoenix-base@1',
  });
}

function faultOf(bar: Bar, k: number, symbol: string, row: number): AssayError {
  const field = barFields.find((name) => !Number.isFinite(bar[name][k])) ?? 'volume';
  return notFinite(`${symbol}.${field}`, bar[field][k]!, bar.time, row);
}

/** A value that no feature may be computed from, or that a feature has become. */
export function notFinite(name: string, value: number, time: number, row?: number): AssayError {
  return new AssayError('not_finite', `${name} is ${value}${row === undefined ? '' : ` in row ${row}`}`, {
    place: `bar of ${new Date(time).toISOString()}`,
    hint: 'check the bars near this time: prices must be positive numbers, volumes and columns finite ones',
  });
}
