import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, brokerOf, ms, order, symbol, terms } from '../../../../tests/fixtures/live/mnq.ts';
import { booked, navMicros, openBooks } from '../books.ts';
import { newProgress, type OrderProgress, type OrderTrigger, transition } from '../order-states.ts';
import type { BrokerEvent, NewOrder } from '../orders.ts';
import type { Level } from './market-record.ts';

const middle = at(20_000);
const ticks = fc.integer({ min: middle - 6, max: middle + 6 });
const size = fc.integer({ min: 1, max: 12 });

/** One step of a random history: of the market, or of whoever trades. */
const step = fc.oneof(
  fc.record({
    do: fc.constant('book' as const),
    bid: ticks,
    spread: fc.integer({ min: -1, max: 3 }),
    bidSize: size,
    askSize: size,
    deep: fc.boolean(),
  }),
  fc.record({ do: fc.constant('trade' as const), ticks, size, aggressor: fc.constantFrom('buy' as const, 'sell' as const, null) }),
  fc.record({ do: fc.constant('halt' as const), halted: fc.boolean() }),
  fc.record({
    do: fc.constant('submit' as const),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 1, max: 6 }),
    kind: fc.oneof(
      fc.constant({ type: 'market' as const }),
      ticks.map((limitTicks) => ({ type: 'limit' as const, limitTicks })),
      ticks.map((stopTicks) => ({ type: 'stop' as const, stopTicks })),
    ),
    timeInForce: fc.constantFrom('day' as const, 'gtc' as const, 'ioc' as const, 'fok' as const),
  }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('replace' as const), which: fc.nat(20), lots: fc.integer({ min: 1, max: 4 }), limitTicks: ticks }),
);

const triggerOf = ({ report }: BrokerEvent): OrderTrigger | null => {
  switch (report.kind) {
    case 'accepted':
      return { trigger: 'accept' };
    case 'rejected':
      return { trigger: 'reject' };
    case 'fill':
      return { trigger: 'fill', executionId: report.executionId, lots: report.lots };
    case 'canceled':
      return { trigger: 'canceled' };
    case 'expired':
      return { trigger: 'expired' };
    case 'cancelRejected':
    case 'replaceRejected':
      return null;
  }
};

test('whatever happens: no fill without an order, a quote or a trade, and the account is the fold over its fills to the micro-dollar', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const broker = brokerOf({ latency: { insert: { fromMs: 0, toMs: 3 }, cancel: 1, ack: 1 }, collarTicks: 8 }, 1_000_000);
      const sent: NewOrder[] = [];
      const progress = new Map<string, OrderProgress>();
      let folded = openBooks(1_000_000e6);
      let shown: { readonly bids: readonly Level[]; readonly asks: readonly Level[] } = { bids: [], asks: [] };
      let marks = { bid: 0, ask: 0 };
      const send = (one: NewOrder): void => {
        sent.push(one);
        progress.set(one.id, transition(newProgress(one.lots), { trigger: 'submit' }).order);
      };
      for (const [i, one] of steps.entries()) {
        const time = ms(i);
        const lots = new Map<string, number>();
        // What the record itself may fill, at most: displayed sizes, or its own.
        let most = Number.POSITIVE_INFINITY;
        const before = shown;
        if (one.do === 'book') {
          const depth = (from: number, away: number, best: number): readonly Level[] =>
            Array.from({ length: one.deep ? 3 : 1 }, (_, level) => ({ ticks: from + away * level, size: best + level }));
          shown = { bids: depth(one.bid, -1, one.bidSize), asks: depth(one.bid + one.spread, 1, one.askSize) };
          broker.market({ kind: 'book', time, symbol, ...shown });
          if (one.spread > 0) marks = { bid: one.bid, ask: one.bid + one.spread };
        } else if (one.do === 'trade')
          broker.market({ kind: 'trade', time, symbol, ticks: one.ticks, size: one.size, aggressor: one.aggressor });
        else if (one.do === 'halt') broker.market({ kind: 'halt', time, symbol, halted: one.halted });
        else if (one.do === 'submit') {
          const { do: _, side, lots: n, ...more } = one;
          const next = order(`O${i}`, side, n, more);
          send(next);
          broker.submit(next, time);
        } else if (sent.length > 0) {
          const { id } = sent[one.which % sent.length]!;
          if (one.do === 'cancel') broker.cancel(id, time);
          else {
            const next = order(`O${i}`, 'buy', one.lots, { kind: { type: 'limit', limitTicks: one.limitTicks } });
            send(next);
            broker.replace(id, next, time);
          }
        }
        broker.advance(time);
        if (one.do === 'trade') most = one.size;
        for (const event of broker.take()) {
          expect(event.seenAt).toBe(event.time + 1_000_000n);
          const trigger = triggerOf(event);
          if (trigger === null) continue;
          const was = progress.get(event.orderId)!;
          const { order: now, outcome } = transition(was, trigger);
          // The broker never says what the table does not know.
          expect(outcome, `${was.state} ${event.report.kind}`).toBe('changed');
          progress.set(event.orderId, now);
          const { report } = event;
          if (report.kind !== 'fill') continue;
          expect(now.filledLots).toBeLessThanOrEqual(now.lots);
          const { kind } = sent.find(({ id }) => id === event.orderId)!;
          if (kind.type === 'limit')
            expect(report.side === 'buy' ? report.priceTicks <= kind.limitTicks : report.priceTicks >= kind.limitTicks).toBe(true);
          const filledAs = report.liquidity === 'maker' && one.do === 'trade' ? 'trade' : report.side;
          lots.set(filledAs, (lots.get(filledAs) ?? 0) + report.lots);
          folded = booked(folded, report, terms.tickMicros);
        }
        if (one.do === 'trade') expect(lots.get('trade') ?? 0).toBeLessThanOrEqual(most);
        const total = (levels: readonly Level[]) => levels.reduce((sum, level) => sum + level.size, 0);
        // What arrives between two books takes from the first of them.
        expect(lots.get('buy') ?? 0).toBeLessThanOrEqual(total(shown.asks) + total(before.asks));
        expect(lots.get('sell') ?? 0).toBeLessThanOrEqual(total(shown.bids) + total(before.bids));
        expect(broker.books()).toEqual(folded);
        const held = folded.holdings[symbol]?.lots ?? 0;
        const nav = navMicros(
          folded,
          () => terms.tickMicros,
          () => (held > 0 ? marks.bid : marks.ask),
        );
        expect(broker.nav()).toBe(nav);
      }
    }),
    { numRuns: 300 },
  );
});

test('an unchanged quote fills no more than it displays, however many orders come and however often it is repeated', () => {
  fc.assert(
    fc.property(size, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), (displayed, orders) => {
      const broker = brokerOf({}, 1_000_000);
      let filled = 0;
      for (const [i, lots] of orders.entries()) {
        const levels = { bids: [{ ticks: middle, size: 3 }], asks: [{ ticks: middle + 1, size: displayed }] };
        broker.market({ kind: 'book', time: ms(i), symbol, ...levels });
        broker.submit(order(`O${i}`, 'buy', lots), ms(i));
        broker.advance(ms(i));
        for (const { report } of broker.take()) if (report.kind === 'fill') filled += report.lots;
      }
      const asked = orders.reduce((sum, lots) => sum + lots, 0);
      expect(filled).toBe(Math.min(asked, displayed));
    }),
  );
});
