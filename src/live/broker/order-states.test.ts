import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientOrderId } from './client-order-id.ts';
import {
  isWorking,
  newProgress,
  type OrderProgress,
  type OrderState,
  type OrderTrigger,
  orderStates,
  orderTable,
  transition,
  triggers,
} from './order-states.ts';

/** The states that each state may be followed by, written out a second time from the specification. */
const followers: Readonly<Record<OrderState, readonly OrderState[]>> = {
  initialized: ['denied', 'submitted'],
  submitted: ['accepted', 'rejected', 'partiallyFilled', 'filled', 'canceled', 'pendingCancel', 'expired'],
  accepted: ['partiallyFilled', 'filled', 'pendingCancel', 'pendingReplace', 'canceled', 'expired', 'rejected'],
  partiallyFilled: ['partiallyFilled', 'filled', 'pendingCancel', 'pendingReplace', 'canceled', 'expired'],
  pendingCancel: ['submitted', 'accepted', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected'],
  pendingReplace: ['accepted', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected'],
  canceled: ['filled', 'partiallyFilled'],
  expired: ['filled', 'partiallyFilled'],
  filled: [],
  rejected: [],
  denied: [],
};

const trigger = fc.oneof(
  fc.constantFrom(...triggers.filter((one) => one !== 'part' && one !== 'rest')).map((one): OrderTrigger => ({ trigger: one as 'deny' })),
  fc.record({
    trigger: fc.constant('fill' as const),
    executionId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    lots: fc.integer({ min: 1, max: 4 }),
  }),
);

describe('the states of an order', () => {
  test('have followers for every trigger as the specification lists them', () => {
    for (const state of orderStates)
      for (const leads of Object.values(orderTable[state]))
        if (leads !== 'before') expect(followers[state], `${state} to ${leads}`).toContain(leads);
    // Each follower is reached by some trigger; those of a pending request by its refusal.
    for (const state of orderStates) {
      const direct = Object.values(orderTable[state]);
      const left = followers[state].filter((one) => !direct.includes(one));
      const returns = direct.includes('before') ? ['submitted', 'accepted'] : [];
      expect(
        left.filter((one) => !returns.includes(one)),
        state,
      ).toEqual([]);
    }
  });

  test('never leave the table, whatever arrives in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(trigger, { maxLength: 40 }), (lots, events) => {
        let order: OrderProgress = newProgress(lots);
        const seen = new Map<string, number>();
        for (const event of events) {
          const was = order;
          const { order: now, outcome } = transition(was, event);
          if (now.state !== was.state) expect(followers[was.state]).toContain(now.state);
          if (event.trigger === 'fill' && !seen.has(event.executionId)) seen.set(event.executionId, event.lots);
          else if (event.trigger === 'fill') expect([outcome, now]).toEqual(['repeated', was]);
          if (outcome === 'ignored') expect(now).toEqual(was);
          if (outcome !== 'overfill' && now.filledLots > was.filledLots) expect(now.filledLots).toBeLessThanOrEqual(lots);
          order = now;
          // Whatever the order went through: its fills are the sum of the distinct executions.
          expect(order.filledLots).toBe([...seen.values()].reduce((sum, each) => sum + each, 0));
          if (order.state === 'filled') expect(order.filledLots).toBeGreaterThanOrEqual(lots);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a fill between a cancel and its effect counts, and a late one after it', () => {
    const run = (...events: readonly OrderTrigger[]) =>
      events.reduce((state, event) => transition(state.order, event), { order: newProgress(3), outcome: 'changed' as string });
    const fill = (executionId: string, lots: number): OrderTrigger => ({ trigger: 'fill', executionId, lots });
    const sent: readonly OrderTrigger[] = [{ trigger: 'submit' }, { trigger: 'accept' }, { trigger: 'cancel' }];
    expect(run(...sent, fill('a', 1)).order).toMatchObject({ state: 'partiallyFilled', filledLots: 1 });
    expect(run(...sent, { trigger: 'canceled' }, fill('a', 3)).order).toMatchObject({ state: 'filled', filledLots: 3 });
    expect(run(...sent, { trigger: 'requestRefused' }).order).toMatchObject({ state: 'accepted', before: null });
    expect(run({ trigger: 'submit' }, { trigger: 'reject' }, fill('a', 2))).toMatchObject({
      order: { state: 'rejected', filledLots: 2 },
      outcome: 'overfill',
    });
    expect(run({ trigger: 'submit' }, fill('a', 4))).toMatchObject({ order: { state: 'filled', filledLots: 4 }, outcome: 'overfill' });
  });

  test('counts as working exactly where a fill is intended', () => {
    expect(orderStates.filter(isWorking)).toEqual(['submitted', 'accepted', 'partiallyFilled', 'pendingCancel', 'pendingReplace']);
  });
});

test('an order id is a function of run, bar, symbol and number', () => {
  expect(clientOrderId('run-7', Date.parse('2023-11-14T22:13:00Z'), 'MNQH4', 0)).toBe('A-3ou89fafaeryl66bbtn');
});
