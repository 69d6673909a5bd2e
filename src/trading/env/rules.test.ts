import { describe, expect, test } from 'vitest';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import type { Instrument } from '../../market/instruments.ts';
import { environmentOptions } from './options.ts';
import { tradingRules } from './rules.ts';

const bars = noiseBars({ sessions: 1, barsPerSession: 5, seed: 1, assets: 1 });
const nq: Instrument = {
  symbol: 'AAA',
  root: 'NQ',
  unit: 'contract',
  multiplier: 20,
  tick: 0.25,
  currency: 'USD',
  calendar: 'globex-equity',
  feePerSide: null,
  initialMargin: null,
  maintenanceMargin: null,
  validFrom: '2024-01-02',
};
const future = { ...bars, instruments: [nq] };
const charged = { feePerSide: 2.25, initialMargin: 20_000, maintenanceMargin: 18_000 };

const rulesFor = (environment: object, on: typeof bars = future) =>
  tradingRules(on, environmentOptions.parse({ sizing: 'margin', costs: { model: 'contract', slippageTicks: 0.5 }, ...environment }));

describe('the rules of an account', () => {
  test('take what the data set knows, and the configuration before it', () => {
    const known = rulesFor({ instruments: { NQ: charged } });
    expect(known.units!.multiplier[0]).toBe(20);
    expect(known.unitCosts).toEqual([{ feePerSide: 2.25, tickValue: 5, slippageTicks: 0.5 }]);
    const micro = rulesFor({ instruments: { NQ: { ...charged, multiplier: 2, feePerSide: 0.62 } } });
    expect(micro.unitCosts).toEqual([{ feePerSide: 0.62, tickValue: 0.5, slippageTicks: 0.5 }]);
    const symbolFirst = rulesFor({ instruments: { AAA: { ...charged, feePerSide: 1 } } });
    expect(symbolFirst.terms[0]!.feePerSide).toBe(1);
  });

  test.each(['feePerSide', 'initialMargin', 'maintenanceMargin'] as const)('have no default for %s: it is asked for', (name) => {
    const { [name]: _, ...others } = charged;
    expect(() => rulesFor({ instruments: { NQ: others } })).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        place: `environment.instruments.AAA.${name}`,
        hint: expect.stringContaining('no default'),
      }),
    );
  });

  test('ask for a multiplier and a tick where the data set knows nothing', () => {
    const unit = { unit: 'contract', ...charged };
    expect(() => rulesFor({ instruments: { AAA: unit } }, bars)).toThrow('multiplier of AAA is not known');
    expect(() => rulesFor({ instruments: { AAA: { ...unit, multiplier: 2 } } }, bars)).toThrow('tick of AAA is not known');
    const free = { costs: { model: 'contract', slippageTicks: 0 }, instruments: { AAA: { ...unit, multiplier: 2 } } };
    expect(rulesFor(free, bars).unitCosts![0]!.tickValue).toBe(0);
  });

  test('refuse contracts in weights, by the instrument and by the labels of rolled contracts', () => {
    const refused = expect.objectContaining({ code: 'config_invalid', place: 'environment.sizing' });
    expect(() => rulesFor({ sizing: 'weights', instruments: { NQ: charged } })).toThrow(refused);
    const labels = [{ names: ['H'], index: new Float64Array(5), previousOpen: new Float64Array(5).fill(Number.NaN) }];
    const shares = { sizing: 'weights', costs: { transactionBp: 1, impactBp: 0 } };
    expect(() => rulesFor({ ...shares, instruments: { AAA: { multiplier: 1 } } }, { ...bars, contracts: labels })).toThrow(refused);
    expect(rulesFor(shares, bars).units).toBeNull();
  });

  test('refuse terms of a symbol that there is not, and a maintenance margin above the initial one', () => {
    expect(() => rulesFor({ instruments: { ES: charged } })).toThrow(
      expect.objectContaining({ place: 'environment.instruments.ES', hint: 'its symbols are AAA' }),
    );
    expect(() => rulesFor({ instruments: { NQ: { ...charged, maintenanceMargin: 20_001 } } })).toThrow('above its initial margin');
  });

  test('charge a spread only where every bar states one', () => {
    const spread = { costs: { model: 'spread' }, instruments: { NQ: charged } };
    expect(() => rulesFor(spread)).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'environment.costs.model' }));
    const columns = [{ spread: Float64Array.of(1, 2, 1, Number.NaN, 1) }];
    expect(() => rulesFor(spread, { ...future, columns })).toThrow('is NaN in row 3');
    expect(rulesFor(spread, { ...future, columns: [{ spread: Float64Array.of(1, 2, 1, 0, 1) }] }).unitCosts![0]!.slippageTicks).toEqual(
      Float64Array.of(0.5, 1, 0.5, 0, 0.5),
    );
  });
});
