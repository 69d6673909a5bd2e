import { z } from 'zod';
import { dayMs, minuteMs, zoneClock } from '../../market/local-time.ts';
import { defineFamily } from '../define.ts';
import { spread } from '../dual-ticker/price.ts';
import type { Bar, FeatureContext } from '../feature-set.ts';
import { mostLikely } from '../hmm/filter.ts';
import { fitRegimes, parseRegimes, Regime, regimeOptions } from '../hmm/regimes.ts';
import { fullSessionMs, TimeAngle, timeToClose } from '../session-time.ts';
import { SessionVwap } from '../session-vwap.ts';
import { Zscore, zscoreOptions } from '../zscore.ts';
import { MinuteZscore } from './minute-zscore.ts';

const options = z.strictObject({
  zscore: zscoreOptions.prefault({}).meta({ description: 'window of volume_zscore' }),
  log1p: z.boolean().default(false).meta({ description: 'take ln(1 + volume) in place of the volume' }),
  byMinute: z
    .boolean()
    .default(false)
    .meta({ description: 'compare the volume with that of the same minute of the last 20 sessions, its own included' }),
  anchor: z
    .enum(['session', 'rth'])
    .default('session')
    .meta({ description: 'where session_vwap_dist begins: with the session, or at 09:30 New York (0 before it)' }),
  clock: z
    .enum(['session', 'day'])
    .default('session')
    .meta({ description: 'where the angle of time_sin and time_cos begins: at the open, or at local midnight' }),
  minutesToClose: z.boolean().default(false).meta({ description: 'adds minutes_to_close: time to the close in full sessions' }),
  regime: regimeOptions.prefault({}).meta({ description: 'the hidden Markov model of hmm_regime' }),
});
type Options = z.output<typeof options>;

const features = ['volume_zscore', 'high_low_pct', 'session_vwap_dist', 'hmm_regime', 'time_sin', 'time_cos'] as const;
const longFeatures = [...features, 'minutes_to_close'] as const;

/** Bars after which a filter has forgotten its start to 1e-12, at a second eigenvalue of .98. */
const filterHistory = 1400;
const daysOfMinutes = 20;

/** The baseline of the second source: volume, range, distance from the session's VWAP, regime and time of each symbol. */
export const phoenixBase = defineFamily({
  id: 'phoenix-base@1',
  options,
  create: (settings: Options) => {
    const names = settings.minutesToClose ? longFeatures : features;
    const dayBars = (barMs: number): number => Math.ceil(dayMs / barMs);
    return {
      symbols: { min: 1, max: Number.POSITIVE_INFINITY },
      needs: [],
      warmUpBars: () => settings.zscore.window - 1,
      history: (barMs) => ({
        bars: Math.max(filterHistory, settings.zscore.window, settings.byMinute ? daysOfMinutes * dayBars(barMs) : 0),
        fromSessionStart: true,
      }),
      features: () => names,
      fit: (bars, training, parts) => fitRegimes(bars, training, settings.regime, parts),
      start: (context, fitted) => {
        const regimes = parseRegimes(fitted, context.symbols.length);
        const time = new TimeAngle(context.calendar, context.barMs, settings.clock);
        const assets = context.symbols.map(
          (_, k) => new Asset(context, settings, new Regime(context.memory, regimes[k]!, settings.regime.restart)),
        );
        const vwapStart = anchorOf(settings.anchor);
        const fullMs = fullSessionMs(context.calendar);
        return {
          push: (bar, out) => {
            time.set(bar);
            const from = vwapStart(bar);
            for (let k = 0; k < assets.length; k++) {
              const at = k * names.length;
              assets[k]!.push(bar, k, from, out, at);
              out[at + 4] = time.sin;
              out[at + 5] = time.cos;
              if (settings.minutesToClose) out[at + 6] = timeToClose(bar, context.barMs, fullMs);
            }
          },
        };
      },
    };
  },
});

class Asset {
  readonly #settings: Options;
  readonly #volume: Zscore | MinuteZscore;
  readonly #vwap: SessionVwap;
  readonly #regime: Regime;

  constructor({ memory, barMs }: FeatureContext, settings: Options, regime: Regime) {
    this.#settings = settings;
    this.#volume = settings.byMinute ? new MinuteZscore(memory, barMs) : new Zscore(memory, settings.zscore);
    this.#vwap = new SessionVwap(memory);
    this.#regime = regime;
  }

  push(bar: Bar, k: number, vwapFrom: number, out: Float64Array, at: number): void {
    const begins = bar.begins[k] === 1;
    const volume = bar.volume[k]!;
    const counted = this.#settings.log1p ? Math.log1p(volume) : volume;
    out[at] = this.#volume instanceof Zscore ? this.#volume.next(counted, begins) : this.#volume.next(counted, bar.time - bar.openMs);
    out[at + 1] = spread(bar, k);
    const inside = bar.time >= vwapFrom;
    out[at + 2] = inside ? this.#vwap.next(bar.high[k]!, bar.low[k]!, bar.close[k]!, volume, begins) : this.#vwap.reset();
    this.#regime.push(bar, k);
    out[at + 3] = mostLikely(this.#regime.probabilities);
  }
}

const regularOpenMinute = 9 * 60 + 30;

/** From when on a session's volume counts: its open, or 09:30 New York of its trading date. */
function anchorOf(anchor: Options['anchor']): (bar: Bar) => number {
  if (anchor === 'session') return ({ openMs }) => openMs;
  const { utcMsOf } = zoneClock('America/New_York');
  let [date, from] = ['', 0];
  return (bar) => {
    if (bar.date !== date) {
      date = bar.date;
      from = utcMsOf(Date.parse(`${date}T00:00:00Z`) + regularOpenMinute * minuteMs)!;
    }
    return from;
  };
}
