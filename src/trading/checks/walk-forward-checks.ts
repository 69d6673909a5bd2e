import { AssayError } from '../../core/errors.ts';
import type { WalkForwardChecks } from '../../search/study/walk-forward.ts';
import { backtest } from '../env/backtest.ts';
import { rowsOf, type SessionRange } from '../env/market.ts';
import { normalisedMarket } from '../task/market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from '../task/options.ts';
import { sessionsOf } from '../task/session-plan.ts';
import { evaluatePolicy } from '../task/walk-forward.ts';
import { dataQualityOf } from './data-quality.ts';
import { checkFeatures } from './features.ts';
import { checkPolicies } from './policy.ts';

/** The checks of a trading study's evaluations, on its own data, features and saved policies. Nothing is trained. */
export function walkForwardChecks<Params>(options: TradingTaskOptions<Params>): WalkForwardChecks {
  const { dataset, environment, withhold } = filled(options);
  return {
    data: async (context) => dataQualityOf(await context.dataset(dataset)),

    features: async (context, window, rows) => {
      const raw = await openMarket(options, context);
      const { train } = sessionsOf(window, raw.bars);
      return checkFeatures(raw, rowsOf(raw.bars, whole(train)), { rows, seed: seedOf(window.fold) });
    },

    policies: async (context, window, { rows, policies }) => {
      const raw = await openMarket(options, context);
      const { train, test } = sessionsOf(window, raw.bars);
      const trained = normalisedMarket(raw, train, withhold);
      return checkPolicies(
        { raw, trained, test: whole(test), environment, rows, seed: seedOf(window.fold) },
        policies,
        (bytes, market, range, under) => evaluatePolicy(bytes, under, (act) => backtest(market, range, under, act)),
      );
    },
  };
}

/** Only folds of one part each are evidence, which checks belong to. */
function whole([part, ...others]: readonly SessionRange[]): SessionRange {
  if (part !== undefined && others.length === 0) return part;
  throw new AssayError('usage', 'a fold in several parts is no evidence, and has no checks');
}

/** The same rows for every trial and seed of a fold. */
function seedOf(fold: number): string {
  return `checks/${fold}`;
}
