import { describe, expect, test } from 'vitest';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { type EnvironmentConfig, environmentDefaults } from '../env/options.ts';
import { tradingRules } from '../env/rules.ts';
import { stressed } from './stress.ts';

const bars = generateMarket(marketPresetOf('planted'), 4, 2);
const spreads = {
  ...bars,
  columns: bars.symbols.map(() => ({ spread: new Float64Array(bars.time.length).fill(3), ofi: new Float64Array(bars.time.length) })),
};

function rulesUnder(kind: Parameters<typeof stressed>[0], environment: EnvironmentConfig, over = bars) {
  const under = stressed(kind, { bars: over, environment });
  return tradingRules(under.bars, under.environment);
}

describe('stresses', () => {
  const inBp = { ...environmentDefaults, costs: { transactionBp: 1.5, impactBp: 0.25 } };

  test('costs in basis points', () => {
    expect(rulesUnder('costs-x2', inBp)).toMatchObject({ transactionBp: 3, impactBp: 0.5, latencyBars: 0 });
    expect(rulesUnder('half-volume', inBp)).toMatchObject({ transactionBp: 1.5, impactBp: 0.5, latencyBars: 0 });
    expect(rulesUnder('one-bar-late', inBp)).toMatchObject({ transactionBp: 1.5, impactBp: 0.25, latencyBars: 1 });
    expect(rulesUnder('one-bar-late', { ...inBp, latencyBars: 2 })).toMatchObject({ latencyBars: 3 });
  });

  const instruments = { NVDA: { feePerSide: 0.5, tick: 0.01, maxUnits: 7 }, MSFT: { feePerSide: 0.25, tick: 0.01 } };

  test('costs by the unit: fees and slippage', () => {
    const byUnit: EnvironmentConfig = { ...environmentDefaults, costs: { model: 'contract', slippageTicks: 2 }, instruments };
    expect(rulesUnder('costs-x2', byUnit).unitCosts).toMatchObject([
      { feePerSide: 1, slippageTicks: 4 },
      { feePerSide: 0.5, slippageTicks: 4 },
    ]);
    expect(rulesUnder('half-volume', byUnit).unitCosts).toMatchObject([
      { feePerSide: 0.5, slippageTicks: 4 },
      { feePerSide: 0.25, slippageTicks: 4 },
    ]);
    expect(rulesUnder('costs-x2', byUnit).terms[0]).toMatchObject({ maxUnits: 7, tick: 0.01 });
  });

  test('costs of half the spread: the spread doubles, the columns that features read stay', () => {
    const half: EnvironmentConfig = { ...environmentDefaults, costs: { model: 'spread' }, instruments };
    const slippage = (kind: Parameters<typeof stressed>[0]) =>
      rulesUnder(kind, half, spreads).unitCosts!.map((cost) => (cost.slippageTicks as Float64Array)[5]);
    expect(slippage('one-bar-late')).toEqual([1.5, 1.5]);
    expect(slippage('costs-x2')).toEqual([3, 3]);
    expect(slippage('half-volume')).toEqual([3, 3]);
    expect(spreads.columns[0]!.spread[5]).toBe(3);
  });
});
