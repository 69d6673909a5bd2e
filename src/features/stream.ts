import { AssayError } from '../core/errors.ts';
import { hashOf, type Json } from '../core/json.ts';
import { CurrentBar, notFinite } from './bar-reader.ts';
import type { FeatureContext, FeatureSet } from './feature-set.ts';
import { checkSymbols, faultyFeature, namesOf } from './matrix.ts';
import { createMemory } from './memory.ts';

/** One symbol's bar as it arrives. */
export interface ArrivingBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The named columns that the set needs. */
  readonly columns?: Readonly<Record<string, number>>;
  /** Name of the contract, for futures: `NQZ3`. */
  readonly contract?: string;
}

/** Everything that a stream remembers, as plain data. */
export interface FeatureState {
  readonly set: string;
  readonly symbols: readonly string[];
  readonly barMs: number;
  readonly calendar: string;
  readonly fittedHash: string;
  /** Start of the last bar in epoch milliseconds; null before the first. */
  readonly lastTime: number | null;
  /** Open of the last bar's session. */
  readonly sessionOpenMs: number | null;
  readonly contracts: readonly (string | null)[];
  /** Bars so far. */
  readonly bars: number;
  /** Little-endian doubles in base64, so that every bit is kept. */
  readonly memory: string;
}

/** The features of bars that arrive one after the other. */
export interface FeatureFeed {
  /** `NVDA.spread`, ... */
  readonly names: readonly string[];
  /**
   * Takes one bar of every symbol and returns its features, before any normalisation; the array is overwritten by the next call. The first
   * `warmUpBars` rows of a feed that was not restored are not to be used.
   * @param startMs epoch milliseconds (UTC) of the bar's start.
   * @throws AssayError `data_invalid` for a bar that is not later than the last one or lies outside all sessions; `not_finite` for a value of
   * a bar, and for a feature after the warm-up.
   */
  readonly push: (startMs: number, bars: readonly ArrivingBar[]) => Float64Array;
  readonly save: () => FeatureState;
}

/**
 * Starts a feature set on bars as they arrive. The values are equal to those of the batch to the last bit, also after a restart from a
 * saved state at any bar.
 * @param options.fitted what the set learnt: stored with the normaliser and with an exported policy.
 * @param options.state from `save` of the same set, symbols, calendar, bar length and fit.
 * @throws AssayError `data_invalid` for a state of another set, other symbols, another calendar or another fit.
 */
export function startFeatures(
  set: FeatureSet,
  market: Omit<FeatureContext, 'memory'>,
  { fitted = null, state }: { readonly fitted?: Json; readonly state?: FeatureState } = {},
): FeatureFeed {
  const { symbols, barMs, calendar } = market;
  checkSymbols(set, symbols);
  const memory = createMemory();
  const stream = set.start({ ...market, memory }, fitted);
  const bar = new CurrentBar(symbols.length, set.needs);
  const names = namesOf(set, symbols);
  const out = new Float64Array(names.length);
  const identity = { set: set.id, symbols, barMs, calendar: calendar.id, fittedHash: hashOf(fitted) };
  const warmUpBars = set.warmUpBars(barMs);
  let count = 0;
  let { lastTime, sessionOpenMs } = { lastTime: null as number | null, sessionOpenMs: null as number | null };
  let contracts: readonly (string | null)[] = symbols.map(() => null);
  if (state !== undefined) {
    checkState(state, identity);
    memory.restore(numbersOf(state.memory));
    ({ lastTime, sessionOpenMs, contracts, bars: count } = state);
  }

  return {
    names,
    push: (startMs, arriving) => {
      if (arriving.length !== symbols.length)
        throw new AssayError('data_invalid', `${arriving.length} bars arrived for ${symbols.length} symbols`, {
          hint: `one of each of ${symbols.join(', ')}, in this order`,
        });
      if (lastTime !== null && !(startMs > lastTime))
        throw new AssayError('data_invalid', `the bar of ${new Date(startMs).toISOString()} is not later than the last one`, {
          place: `last bar: ${new Date(lastTime).toISOString()}`,
          hint: 'bars must arrive in time order, each once',
        });
      bar.enterSession(calendar, startMs);
      bar.time = startMs;
      const begins = bar.openMs !== sessionOpenMs;
      for (const [k, one] of arriving.entries()) {
        for (const field of ['open', 'high', 'low', 'close', 'volume'] as const)
          bar[field][k] = finite(one[field], `${symbols[k]}.${field}`, startMs);
        for (const name of set.needs) bar.columns[name]![k] = finite(one.columns?.[name] ?? Number.NaN, `${symbols[k]}.${name}`, startMs);
        const rolls = lastTime !== null && (one.contract ?? null) !== contracts[k];
        bar.rolls[k] = rolls ? 1 : 0;
        bar.begins[k] = begins || rolls ? 1 : 0;
      }
      contracts = arriving.map(({ contract }) => contract ?? null);
      lastTime = startMs;
      sessionOpenMs = bar.openMs;
      stream.push(bar, out);
      count++;
      if (count > warmUpBars && !out.every((value) => Number.isFinite(Math.fround(value)))) throw faultyFeature(out, names, startMs);
      return out;
    },
    save: () => ({
      ...identity,
      lastTime,
      sessionOpenMs,
      contracts,
      bars: count,
      memory: Buffer.from(memory.save().buffer).toString('base64'),
    }),
  };
}

function finite(value: number, name: string, time: number): number {
  if (!Number.isFinite(value)) throw notFinite(name, value, time);
  return value;
}

function checkState(state: FeatureState, identity: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(identity)) {
    const kept = state[name as keyof FeatureState];
    if (JSON.stringify(kept) !== JSON.stringify(value))
      throw new AssayError(
        'data_invalid',
        `the saved state is of another ${name}: ${JSON.stringify(kept)} in place of ${JSON.stringify(value)}`,
        {
          hint: 'restore it where it was saved, or start without it and show the bars of its history first',
        },
      );
  }
}

function numbersOf(base64: string): Float64Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length % 8 !== 0)
    throw new AssayError('data_invalid', 'the memory of the saved state is damaged', {
      hint: 'start without it and show the bars of its history first',
    });
  return new Float64Array(Uint8Array.from(bytes).buffer);
}
