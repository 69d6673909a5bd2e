import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { defineFamily } from '../define.ts';
import type { Bar, FeatureContext } from '../feature-set.ts';
import { mostLikely } from '../hmm/filter.ts';
import { fitRegimes, parseRegimes, Regime, regimeOptions } from '../hmm/regimes.ts';
import { TimeAngle } from '../session-time.ts';
import { SlidingSum } from '../sliding-sum.ts';
import { WilderRange } from '../wilder.ts';
import { Zscores, zscoreOptions } from '../zscore.ts';
import { fitOfiWeights, integratedColumns, integratedOfi, type OfiWeights, parseOfiWeights } from './integrated-ofi.ts';
import { type Persistence, persistenceOf, persistenceReadings } from './persistence.ts';

const options = z.strictObject({
  zscore: zscoreOptions.prefault({}).meta({ description: 'window of all z-scores' }),
  persistence: z.enum(persistenceReadings).default('ewma@1').meta({ description: 'reading of ofi_persistence_zscore' }),
  ofi: z
    .enum(['best', 'integrated'])
    .default('best')
    .meta({ description: 'flow of the best level, or of ten levels by weights learnt from the training rows' }),
  gap: z.boolean().default(false).meta({ description: "whether the true range of a session's first bar counts from the close before it" }),
  posterior: z.boolean().default(false).meta({ description: 'probabilities of the regimes in place of 1 for the most likely' }),
  time: z.boolean().default(true).meta({ description: 'adds time_sin and time_cos' }),
  clock: z.enum(['session', 'day']).default('session').meta({ description: 'where the angle of the time begins' }),
  regime: regimeOptions.prefault({}).meta({ description: 'the hidden Markov model' }),
});
type Options = z.output<typeof options>;

const scores = [
  'ofi_1min_zscore',
  'ofi_3min_cumulative_zscore',
  'ofi_persistence_zscore',
  'microprice_dev_zscore',
  'microprice_5min_avg_zscore',
  'liquidity_consumption_zscore',
  'spread_zscore',
  'atr_zscore',
] as const;

const bestColumns = ['ofi', 'microDev', 'microDevMean', 'liquidity', 'spread'];
const windows = { cumulative: 3, microprice: 5, trueRange: 14 } as const;
/** Bars after which filter and ATR have forgotten their start to 1e-12. */
const filterHistory = 1400;

/**
 * Order flow of the second source: eight z-scores of what an order book shows, the regime, and the time. Needs order-flow columns; nothing is
 * put in their place where they are missing.
 */
export const phoenixOfi = defineFamily({
  id: 'phoenix-ofi@1',
  options,
  create: (settings: Options) => {
    const { states } = settings.regime;
    const integrated = settings.ofi === 'integrated';
    const names = [
      ...scores,
      ...Array.from({ length: states }, (_, state) => `hmm_${state}`),
      ...(settings.time ? ['time_sin', 'time_cos'] : []),
    ];
    return {
      symbols: { min: 1, max: Number.POSITIVE_INFINITY },
      needs: integrated ? [...new Set([...bestColumns, ...integratedColumns])] : bestColumns,
      warmUpBars: () => settings.zscore.window - 1,
      history: () => ({ bars: Math.max(filterHistory, settings.zscore.window), fromSessionStart: true }),
      features: () => names,
      fit: (bars, training, parts) =>
        ({
          regimes: fitRegimes(bars, training, settings.regime, parts),
          ...(integrated && { ofi: fitOfiWeights(bars, training) }),
        }) as unknown as Json,
      start: (context, fitted) => {
        const learnt = (fitted ?? {}) as { readonly regimes?: Json; readonly ofi?: Json };
        const regimes = parseRegimes(learnt.regimes ?? null, context.symbols.length);
        const weights = integrated ? parseOfiWeights(learnt.ofi ?? null, context.symbols.length) : null;
        const time = settings.time ? new TimeAngle(context.calendar, context.barMs, settings.clock) : null;
        const assets = context.symbols.map(
          (_, k) => new Asset(context, settings, new Regime(context.memory, regimes[k]!, settings.regime.restart), weights?.[k] ?? null),
        );
        return {
          push: (bar, out) => {
            time?.set(bar);
            for (let k = 0; k < assets.length; k++) {
              const at = k * names.length;
              assets[k]!.push(bar, k, out, at);
              if (time === null) continue;
              out[at + scores.length + states] = time.sin;
              out[at + scores.length + states + 1] = time.cos;
            }
          },
        };
      },
    };
  },
});

class Asset {
  readonly #posterior: boolean;
  readonly #gap: boolean;
  readonly #scores: Zscores;
  readonly #x = new Float64Array(scores.length);
  readonly #flows: SlidingSum;
  readonly #persistence: Persistence;
  readonly #deviations: SlidingSum;
  readonly #range: WilderRange;
  readonly #regime: Regime;
  readonly #weights: OfiWeights | null;

  constructor({ memory }: FeatureContext, settings: Options, regime: Regime, weights: OfiWeights | null) {
    this.#posterior = settings.posterior;
    this.#gap = settings.gap;
    this.#scores = new Zscores(memory, scores.length, settings.zscore);
    this.#flows = new SlidingSum(memory, windows.cumulative);
    this.#persistence = persistenceOf(settings.persistence, memory);
    this.#deviations = new SlidingSum(memory, windows.microprice);
    this.#range = new WilderRange(memory, windows.trueRange);
    this.#regime = regime;
    this.#weights = weights;
  }

  push(bar: Bar, k: number, out: Float64Array, at: number): void {
    const begins = bar.begins[k] === 1;
    const flows = this.#flows;
    const deviations = this.#deviations;
    const x = this.#x;
    const { ofi, microDev, microDevMean, liquidity, spread } = bar.columns;
    if (begins) {
      flows.clear();
      deviations.clear();
    }
    const flow = this.#weights === null ? ofi![k]! : integratedOfi(bar, k, this.#weights);
    const deviation = deviations.next(microDevMean![k]!) / deviations.count;
    const close = bar.close[k]!;
    // The close of another contract is comparable with none.
    const isAlone = this.#gap ? bar.rolls[k] === 1 : begins;
    const range = this.#range.next(bar.high[k]!, bar.low[k]!, close, isAlone);

    x[0] = flow;
    x[1] = flows.next(flow);
    x[2] = this.#persistence.next(flow, begins);
    x[3] = microDev![k]!;
    x[4] = deviation;
    x[5] = liquidity![k]!;
    x[6] = spread![k]!;
    x[7] = range / close;
    this.#scores.next(x, begins, out, at);

    this.#regime.push(bar, k);
    const { probabilities } = this.#regime;
    const likely = mostLikely(probabilities);
    for (let j = 0; j < probabilities.length; j++) out[at + scores.length + j] = this.#posterior ? probabilities[j]! : j === likely ? 1 : 0;
  }
}
