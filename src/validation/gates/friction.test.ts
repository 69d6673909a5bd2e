import { describe, expect, test } from 'vitest';
import { evidence, fold, friction } from '../../../tests/fixtures/gate-evidence.ts';
import { frictionGate } from './friction.ts';

describe('friction gate', () => {
  const gate = frictionGate({ transactionBp: 1, impactBp: 0.5, slippageTicks: 0.5 });
  const charged = (overrides: Partial<typeof friction>) =>
    gate.check(evidence([fold(), fold({ friction: { ...friction, ...overrides } })]));
  test('the published rates pass', () => expect(charged({})).toMatchObject({ passed: true, observed: 1.5, threshold: 1.5 }));
  test('one fold with a lower rate fails', () => {
    expect(charged({ transactionBp: 0.9 }).passed).toBe(false);
    expect(charged({ impactBp: 0 }).passed).toBe(false);
    expect(charged({ transactionBp: 2, impactBp: 0 }).passed).toBe(false);
  });
  test('rates that were never paid although something was traded fail', () => {
    expect(charged({ paid: 0 })).toMatchObject({ passed: false });
    expect(charged({ paid: Number.NaN }).passed).toBe(false);
  });
  test('an account that never traded owes nothing', () => {
    expect(gate.check(evidence([fold({ metrics: { turnover: 0 }, friction: { ...friction, paid: 0 } })])).passed).toBe(true);
  });
  const byUnit = { slippageTicks: 0.5, 'feePerSide.MNQ': 0.62, turnover: 100 };
  test('costs by the unit pass with a fee and the slippage in ticks, and state their own threshold', () => {
    const result = gate.check(evidence([fold({ metrics: byUnit }), fold({ metrics: { ...byUnit, slippageTicks: 0.7 } })]));
    expect(result).toMatchObject({ passed: true, observed: 0.5, threshold: 0.5, op: '>=' });
    expect(result.because).toContain('0.5 ticks a side');
  });
  test.each([
    ['too little slippage', { ...byUnit, slippageTicks: 0.49 }],
    ['an unknown slippage', { ...byUnit, slippageTicks: Number.NaN }],
    ['no fee', { ...byUnit, 'feePerSide.MNQ': 0 }],
    ['a free instrument beside another', { ...byUnit, 'feePerSide.MES': 0 }],
    ['a fee that is not stated', { slippageTicks: 0.5, turnover: 100 }],
  ])('costs by the unit fail with %s', (_, metrics) => {
    expect(gate.check(evidence([fold({ metrics: byUnit })], [fold({ metrics })])).passed).toBe(false);
  });
  test('two kinds of costs in one evidence fail', () => {
    expect(gate.check(evidence([fold({ metrics: byUnit })], [fold()]))).toMatchObject({ passed: false, observed: Number.NaN });
  });
  test('no evidence and NaN fail', () => {
    expect(gate.check(evidence([])).passed).toBe(false);
    expect(charged({ transactionBp: Number.NaN }).passed).toBe(false);
  });
});
