import type { AlignedBars } from '../../market/bars.ts';
import { lastTradeMs } from '../../market/instruments.ts';
import { termsOf } from '../../trading/env/instruments.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { tradingRules } from '../../trading/env/rules.ts';
import { type LotTerms, lotTermsOf } from '../broker/lot-terms.ts';
import { microsOf } from '../broker/micros.ts';

/**
 * How orders become fills, as whole lots and micro-dollars: the same `sizing`, `costs` and `instruments` of the environment that training,
 * search and validation use, so that there is no second place to state them.
 */
export interface ExecutionModel {
  /** Parallel to the symbols. */
  readonly terms: readonly LotTerms[];
  /** The same for everything that an order may name: each contract of a future in place of its root. */
  readonly traded: readonly LotTerms[];
  /** What the environment charges for one lot of asset k beside its fee, in a bar of its data. */
  readonly slippageMicros: (k: number, row: number) => number;
}

/**
 * The execution model of an environment on a data set.
 * @throws AssayError `config_invalid` as {@link lotTermsOf} and `tradingRules`.
 */
export function executionModelOf(bars: AlignedBars, environment: EnvironmentConfig): ExecutionModel {
  const { unitCosts } = tradingRules(bars, environment);
  const year = new Date(bars.time[0] ?? 0).getUTCFullYear();
  const terms = lotTermsIn(bars, environment, year);
  return {
    terms,
    traded: terms.flatMap((one, k) => {
      const names = bars.contracts[k]?.names ?? [one.symbol];
      return names.map((symbol) => ({ ...one, symbol, lastTradeMs: lastTradeMs(symbol, year) ?? one.lastTradeMs }));
    }),
    slippageMicros: (k, row) => {
      const { slippageTicks, tickValue } = unitCosts?.[k] ?? { slippageTicks: 0, tickValue: 0 };
      return microsOf((typeof slippageTicks === 'number' ? slippageTicks : slippageTicks[row]!) * tickValue, 'the slippage of a lot');
    },
  };
}

/**
 * The terms of an environment's assets as integers.
 * @param year in which they are traded.
 * @throws AssayError `config_invalid` as {@link lotTermsOf}.
 */
export function lotTermsIn(
  facts: Pick<AlignedBars, 'symbols' | 'instruments' | 'calendar'>,
  environment: EnvironmentConfig,
  year: number,
): readonly LotTerms[] {
  const named = { ...facts, contracts: facts.symbols.map(() => null) };
  return termsOf(named, environment.instruments).map((terms) => lotTermsOf(terms, facts.calendar, year));
}
