import { AssayError } from '../../core/errors.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { CheckContext, FoldWindow, WalkForwardChecks } from '../../search/study/walk-forward.ts';
import { backtest } from '../env/backtest.ts';
import { rowsOf } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { normalisedMarket, type RawMarket } from '../task/market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from '../task/options.ts';
import { sessionsOf } from '../task/session-plan.ts';
import { evaluatePolicy } from '../task/walk-forward.ts';
import type { Withheld } from '../task/withhold.ts';
import { dataQualityOf } from './data-quality.ts';
import { checkedRows, checkFeatures } from './features.ts';
import { checkPolicies, type Walk } from './policy.ts';

/** The checks of a trading study's evaluations, on its own data, features and saved policies. Nothing is trained. */
export function walkForwardChecks<Params>(options: TradingTaskOptions<Params>): WalkForwardChecks {
  const { dataset, environment, withhold } = filled(options);
  return checksOf({
    dataset,
    environment,
    withhold,
    open: (context) => openMarket(options, context),
    walk: (bytes, on, range, under) => evaluatePolicy(bytes, under, (act) => backtest(on, range, under, act)),
  });
}

/** What checks need to know of a study. */
export interface Checked {
  readonly dataset: string;
  readonly environment: EnvironmentConfig;
  readonly withhold?: Withheld | undefined;
  /** The study's data with its features. */
  readonly open: (context: CheckContext) => Promise<RawMarket>;
  readonly walk: Walk;
}

/** The checks of evaluations whose saved policies are walked by `walk`. */
export function checksOf({ dataset, environment, withhold, open, walk }: Checked): WalkForwardChecks {
  return {
    data: async (context) => dataQualityOf(await context.dataset(dataset)),

    features: async (context, window, rows) => {
      const raw = await open(context);
      const { training, tested } = placeOf(window, raw.bars);
      const seed = seedOf(window.fold);
      return checkFeatures(raw, training, { rows: checkedRows(raw, { training, tested, count: rows, seed }), seed });
    },

    policies: async (context, window, { rows, policies }) => {
      const raw = await open(context);
      const { train, test, training, tested } = placeOf(window, raw.bars);
      const seed = seedOf(window.fold);
      const { unnormalised: market } = normalisedMarket(raw, train, withhold);
      // At least one row for each policy.
      const shared = checkedRows(raw, { training, tested, count: Math.max(rows, policies.length), seed });
      return checkPolicies({ market, test, environment, rows: shared, seed }, policies, walk);
    },
  };
}

/** Sessions and rows of a fold. Only folds of one part each are evidence, which checks belong to. */
function placeOf(window: FoldWindow, bars: AlignedBars) {
  const {
    train: [train, ...otherTrain],
    test: [test, ...otherTest],
  } = sessionsOf(window, bars);
  if (train === undefined || test === undefined || otherTrain.length + otherTest.length > 0)
    throw new AssayError('usage', 'a fold in several parts is no evidence, and has no checks');
  return { train, test, training: rowsOf(bars, train), tested: rowsOf(bars, test) };
}

/** The same rows for every trial and seed of a fold. */
function seedOf(fold: number): string {
  return `checks/${fold}`;
}
