import { expect, test } from 'vitest';
import { order } from '../../../tests/fixtures/live/mnq.ts';
import { newProgress, transition } from '../broker/order-states.ts';
import type { OrderSideState } from '../engine/order-side.ts';
import { startLiquidation } from '../risk/liquidator.ts';
import { hasLeft } from './leaving.ts';

test('a run has left once it was asked to sell, holds nothing, and no order works that may still be filled', () => {
  const sent = { order: order('A-1', 'buy', 1), progress: transition(newProgress(1), { trigger: 'submit' }).order };
  const canceled = { ...sent, progress: transition(sent.progress, { trigger: 'canceled' }).order };
  const state = (causes: readonly string[], lots: number, orders: readonly object[], liquidation: object | null = null): OrderSideState =>
    ({
      account: { books: { holdings: { MNQH4: { lots } } }, orders },
      guard: { risk: { causes: causes.map((cause) => ({ cause })) } },
      liquidation,
    }) as unknown as OrderSideState;
  expect(hasLeft(state(['operator-flatten'], 0, [canceled]))).toBe(true);
  expect(hasLeft(state(['operator-flatten'], 0, [canceled, sent]))).toBe(false);
  expect(hasLeft(state([], 0, []))).toBe(false);
  expect(hasLeft(state(['operator-flatten'], -1, []))).toBe(false);
  expect(hasLeft(state(['operator-flatten'], 0, [], startLiquidation('test', 1n)))).toBe(false);
});
