import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms, order, symbol, terms } from '../../../tests/fixtures/live/mnq.ts';
import { factsOf, holding, market, marketOf, now, quoted, sentLots, works } from '../../../tests/fixtures/live/risk.ts';
import type { NewOrder, Side } from '../broker/orders.ts';
import { checkOrder } from './check-order.ts';
import type { OpenLots } from './exposure.ts';
import { type RiskLimits, readLimits } from './limits.ts';
import type { OrderFacts } from './order-facts.ts';

const limits = readLimits();
const buy = order('A', 'buy', 1);
const sell = order('A', 'sell', 1);

/** Whatever a caller that is broken may hand over in place of a value. */
const rubbish = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  undefined,
  null,
  '',
  'x',
  {},
  [],
  1n,
  -1,
  0.5,
  Symbol.iterator,
  () => 1,
);

/** Replaces one member, at any depth, by rubbish. */
function damaged(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by;
  const keys = Object.keys(value);
  if (keys.length === 0) return by;
  const key = keys[path[0]! % keys.length]!;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, { [key]: damaged((value as Record<string, unknown>)[key], path.slice(1), by) });
}

describe('properties', () => {
  test('no damaged input makes a check throw, and a number that is none never passes', () => {
    const paths = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom('order', 'facts', 'limits'), paths, rubbish, fc.boolean(), (where, path, by, reduces) => {
        const facts = factsOf({ books: holding(reduces ? 1 : 0), open: [works('buy', 0)], sent: sentLots(1, 50_000) });
        const given = { order: reduces ? sell : buy, facts, limits };
        const {
          order: what,
          facts: known,
          limits: own,
        } = { ...given, [where]: damaged(given[where as 'order'], path, by) } as typeof given;
        const verdict = checkOrder(what, known, own);
        expect(typeof verdict.allow).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  test('each number that an opening order rests on denies it as NaN, null or missing', () => {
    type Damage = (by: unknown) => readonly [Partial<NewOrder>, Partial<OrderFacts>, Partial<RiskLimits>];
    const damages: Record<string, Damage> = {
      lots: (by) => [{ lots: by as number }, {}, {}],
      limit: (by) => [{ kind: { type: 'limit', limitTicks: by as number } }, {}, {}],
      position: (by) => [{}, { books: holding(by as number) }, {}],
      left: (by) => [{}, { open: [works('buy', by as number)] }, {}],
      bid: (by) => [{}, marketOf({ quote: { ...market.quote!, bidTicks: by as number } }), {}],
      ask: (by) => [{}, marketOf({ quote: { ...market.quote!, askTicks: by as number } }), {}],
      seen: (by) => [{}, marketOf({ quote: { ...market.quote!, seenAt: by as bigint } }), {}],
      trade: (by) => [{}, marketOf({ lastTradeTicks: by as number }), {}],
      tick: (by) => [{}, marketOf({ terms: { ...terms, tickMicros: by as number } }), {}],
      nav: (by) => [{}, { navMicros: by as number }, {}],
      cancels: (by) => [{}, { cancels: by as number }, {}],
      fills: (by) => [{}, { fills: by as number }, {}],
      now: (by) => [{}, { now: by as bigint }, {}],
      sentAt: (by) => [{}, { sent: sentLots(1, 0, { at: by }) }, {}],
      decided: (by) => [{}, { decision: { madeAt: by as bigint, isFinite: true } }, {}],
      finite: (by) => [{}, { decision: { madeAt: now, isFinite: by as boolean } }, {}],
      record: (by) => [{}, { canRecord: by as boolean }, {}],
      state: (by) => [{}, { state: by as 'active' }, {}],
    };
    const used = [
      'maxPositionLots',
      'maxOrderLots',
      'maxOrderDollars',
      'maxGrossExposure',
      'collarTicks',
      'ordersPerMinute',
      'burstOrders',
    ] as const;
    for (const name of [...used, 'cancelsPerFill', 'duplicateMs', 'quoteAgeMs', 'decisionAgeMs'] as const)
      damages[name] = (by) => [
        {},
        { cancels: 1, sent: sentLots(1, 100), ...marketOf(quoted(20_000, 20_000.25, 1)), decision: { madeAt: ms(-1), isFinite: true } },
        { [name]: by },
      ];
    for (const [name, damage] of Object.entries(damages))
      for (const by of [Number.NaN, null, undefined]) {
        const [what, facts, own] = damage(by);
        expect(checkOrder({ ...buy, ...what }, factsOf(facts), { ...limits, ...own }).allow, `${name} is ${String(by)}`).toBe(false);
      }
  });

  /** A step of a history: an order is tried, or one that works is filled in part, or ends. */
  const step = fc.oneof(
    fc.record({
      do: fc.constant('try' as const),
      side: fc.constantFrom<Side>('buy', 'sell'),
      lots: fc.integer({ min: 1, max: 4 }),
      by: fc.constantFrom('strategy' as const, 'liquidator' as const),
    }),
    fc.record({ do: fc.constant('fill' as const), which: fc.nat(), lots: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('end' as const), which: fc.nat() }),
  );

  test.each(['reducing', 'halted'] as const)(
    'while %s no history of orders and fills raises or turns a position, and none but the liquidator orders while halted',
    (state) => {
      let allowed = 0;
      fc.assert(
        fc.property(fc.integer({ min: -5, max: 5 }), fc.array(step, { maxLength: 40 }), (start, steps) => {
          let position = start;
          let open: readonly OpenLots[] = [];
          for (const [i, one] of steps.entries()) {
            if (one.do === 'try') {
              const what = order(`O${i}`, one.side, one.lots);
              const facts = factsOf({ state, by: one.by, books: holding(position), open, decision: { madeAt: now, isFinite: true } });
              const verdict = checkOrder(what, facts, limits);
              if (!verdict.allow) continue;
              allowed++;
              if (state === 'halted') expect(verdict.purpose).toBe('liquidation');
              open = [...open, { id: what.id, symbol, side: one.side, leftLots: one.lots, state: 'accepted' }];
              // If all of it were filled in the worst order: nothing but the position's own lots, of the other side.
              const inWay = (side: Side): number => open.reduce((sum, each) => sum + (each.side === side ? each.leftLots : 0), 0);
              expect(inWay('sell')).toBeLessThanOrEqual(Math.max(0, position));
              expect(inWay('buy')).toBeLessThanOrEqual(Math.max(0, -position));
              continue;
            }
            const target = open[one.which % Math.max(1, open.length)];
            if (target === undefined) continue;
            const rest = open.filter((other) => other !== target);
            if (one.do === 'end') open = rest;
            else if (one.do === 'cancel') open = [...rest, { ...target, state: 'pendingCancel' }];
            else {
              const lots = Math.min(one.lots, target.leftLots);
              position += target.side === 'buy' ? lots : -lots;
              open = lots === target.leftLots ? rest : [...rest, { ...target, leftLots: target.leftLots - lots }];
            }
            expect(Math.abs(position)).toBeLessThanOrEqual(Math.abs(start));
            expect(position * start).toBeGreaterThanOrEqual(0);
          }
        }),
        { numRuns: 2000 },
      );
      expect(allowed).toBeGreaterThan(100);
    },
  );

  test('while active no history leads to more than the limit, whatever is filled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, maxPositionLots) => {
        let position = 0;
        let open: readonly OpenLots[] = [];
        for (const [i, one] of steps.entries()) {
          if (one.do === 'try') {
            const what = order(`O${i}`, one.side, one.lots);
            const own = { ...limits, maxPositionLots, maxOrderLots: 9, maxGrossExposure: 100, maxOrderDollars: 1_000_000 };
            if (!checkOrder(what, factsOf({ books: holding(position), open }), own).allow) continue;
            open = [...open, { id: what.id, symbol, side: one.side, leftLots: one.lots, state: 'accepted' }];
            continue;
          }
          const target = open[one.which % Math.max(1, open.length)];
          if (target === undefined) continue;
          open = open.filter((other) => other !== target);
          if (one.do === 'fill') position += target.side === 'buy' ? target.leftLots : -target.leftLots;
          expect(Math.abs(position)).toBeLessThanOrEqual(maxPositionLots);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
