import type { AlignedBars } from '../../market/bars.ts';
import type { WalkedStress } from '../../search/study/checks.ts';
import { inBasisPoints } from '../env/costs.ts';
import { termsOf } from '../env/instruments.ts';
import type { EnvironmentConfig, InstrumentTerms } from '../env/options.ts';

/** Bars and the rules of the account on them. */
export interface Ground {
  readonly bars: AlignedBars;
  readonly environment: EnvironmentConfig;
}

/**
 * The market under a stress. `costs-x2`: every fee, impact and slippage twice. `one-bar-late`: every order is filled a bar later.
 * `half-volume`: a market with half of the volume, where a trade is twice as large a share of it and moves the price twice as far: impact and
 * slippage twice, fees as they are. Bars that features are computed from stay as they are.
 */
export function stressed(kind: WalkedStress, { bars, environment }: Ground): Ground {
  switch (kind) {
    case 'costs-x2':
      return withCosts({ bars, environment }, { fee: 2, impact: 2 });
    case 'half-volume':
      return withCosts({ bars, environment }, { fee: 1, impact: 2 });
    case 'one-bar-late':
      return { bars, environment: { ...environment, latencyBars: environment.latencyBars + 1 } };
  }
}

function withCosts({ bars, environment }: Ground, by: { readonly fee: number; readonly impact: number }): Ground {
  const { costs } = environment;
  if (inBasisPoints(costs)) {
    const { transactionBp, impactBp } = costs;
    return { bars, environment: { ...environment, costs: { transactionBp: transactionBp * by.fee, impactBp: impactBp * by.impact } } };
  }
  const instruments = withFees({ bars, environment }, by.fee);
  if (costs.model === 'contract')
    return { bars, environment: { ...environment, instruments, costs: { ...costs, slippageTicks: costs.slippageTicks * by.impact } } };
  const columns = bars.columns.map((named) => {
    const { spread } = named;
    return spread === undefined ? named : { ...named, spread: spread.map((ticks) => ticks * by.impact) };
  });
  return { bars: { ...bars, columns }, environment: { ...environment, instruments } };
}

/** The configured instruments with fees times a factor, by symbol: symbols of one future may have been configured by its root. */
function withFees({ bars, environment }: Ground, by: number): Readonly<Record<string, InstrumentTerms>> {
  const configured = environment.instruments ?? {};
  return Object.fromEntries(
    termsOf(bars, configured).map(({ symbol, feePerSide }, k) => {
      const given = configured[symbol] ?? configured[bars.instruments[k]?.root ?? ''] ?? {};
      return [symbol, feePerSide === null ? given : { ...given, feePerSide: feePerSide * by }];
    }),
  );
}
