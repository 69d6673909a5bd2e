import { describe, expect, test } from 'vitest';
import { limit, ms, order, terms } from '../../../tests/fixtures/live/mnq.ts';
import { factsOf, holding, market, marketOf, now, quoted, sentLots, works } from '../../../tests/fixtures/live/risk.ts';
import type { NewOrder } from '../broker/orders.ts';
import { checkOrder } from './check-order.ts';
import { type RiskLimits, readLimits } from './limits.ts';
import { denialCodes, orderChecks } from './order-checks.ts';
import type { OrderFacts } from './order-facts.ts';

const limits = readLimits();

function said(what: NewOrder, facts: Partial<OrderFacts> = {}, own: Partial<RiskLimits> = {}): string {
  const verdict = checkOrder(what, factsOf(facts), { ...limits, ...own });
  return verdict.allow ? verdict.purpose : verdict.code;
}

const buy = order('A', 'buy', 1);
const sell = order('A', 'sell', 1);

describe('each check has its number', () => {
  test.each<[code: string, is: string, order: NewOrder, facts?: Partial<OrderFacts>, own?: Partial<RiskLimits>]>([
    ['opening', 'a sound order passes', buy],
    ['opening', 'and a change of sides', order('A', 'buy', 2), { books: holding(-1) }],
    ['reducing', 'and what only closes', sell, { books: holding(1) }],
    ['order-form', 'no lots', order('A', 'buy', 0)],
    ['order-form', 'half a lot', order('A', 'buy', 0.5)],
    ['order-form', 'no id', order('', 'buy', 1)],
    ['order-form', 'a price between two ticks', order('A', 'buy', 1, { kind: { type: 'limit', limitTicks: 80_000.5 } })],
    ['order-form', 'a price of 0', order('A', 'buy', 1, { kind: { type: 'stop', stopTicks: 0 } })],
    ['unknown-symbol', 'a symbol that is not traded', { ...buy, symbol: 'ESH4' }],
    ['unknown-symbol', 'a symbol with the name of a member of all objects', { ...buy, symbol: 'constructor' }],
    ['halted', 'trading is halted', buy, { state: 'halted' }],
    ['halted', 'and a strategy may not even reduce', sell, { state: 'halted', books: holding(1) }],
    ['halted', 'a state that does not exist', buy, { state: 'paused' as 'active' }],
    ['reducing-only', 'only reductions are allowed', buy, { state: 'reducing' }],
    ['reducing', 'a reduction is', sell, { state: 'reducing', books: holding(1) }],
    ['reducing-only', 'a change of sides is none', order('A', 'sell', 2), { state: 'reducing', books: holding(1) }],
    ['reducing-only', 'what works against it counts', sell, { state: 'reducing', books: holding(1), open: [works('sell', 1)] }],
    [
      'reducing-only',
      'a cancel that is not confirmed, too',
      sell,
      { state: 'reducing', books: holding(1), open: [works('sell', 1, 'pendingCancel')] },
    ],
    ['reducing', 'an order at its end does not', sell, { state: 'reducing', books: holding(1), open: [works('sell', 1, 'canceled')] }],
    ['liquidation', 'the liquidator sells while halted', sell, { by: 'liquidator', state: 'halted', books: holding(1), decision: null }],
    [
      'liquidation',
      'without a quote, a record or a value',
      sell,
      {
        by: 'liquidator',
        state: 'halted',
        books: holding(1),
        decision: null,
        canRecord: false,
        navMicros: null,
        ...marketOf({ quote: null, lastTradeTicks: null }),
      },
    ],
    ['liquidation', 'and more than an order usually has', order('A', 'sell', 5), { by: 'liquidator', state: 'halted', books: holding(5) }],
    ['reducing-only', 'never more than is held', order('A', 'sell', 2), { by: 'liquidator', state: 'halted', books: holding(1) }],
    ['reducing-only', 'not even while active', buy, { by: 'liquidator', state: 'active' }],
    ['not-computable', 'nobody else orders', buy, { by: 'person' as 'strategy' }],
    ['outside-hours', 'the hour between two sessions', buy, { now: BigInt(Date.parse('2024-01-17T22:30:00Z')) * 1_000_000n }],
    ['expired-contract', 'after the last trade', buy, marketOf({ terms: { ...terms, lastTradeMs: Number(now / 1_000_000n) } })],
    ['opening', 'a millisecond before it', buy, marketOf({ terms: { ...terms, lastTradeMs: Number(now / 1_000_000n) + 1 } })],
    ['no-record', 'what cannot be recorded', buy, { canRecord: false }],
    ['late-order', 'no decision', buy, { decision: null }],
    ['late-order', 'a feature that is NaN', buy, { decision: { madeAt: now, isFinite: false } }],
    ['opening', 'a decision of 5 s ago', buy, { decision: { madeAt: ms(-5000), isFinite: true } }],
    ['late-order', 'a nanosecond more', buy, { decision: { madeAt: ms(-5000) - 1n, isFinite: true } }],
    ['late-order', 'a decision to come', buy, { decision: { madeAt: now + 1n, isFinite: true } }],
    ['order-in-flight', 'an order without an answer', buy, { open: [works('sell', 1, 'submitted')] }],
    ['opening', 'of another symbol', buy, { open: [works('sell', 1, 'submitted', { symbol: 'OTHER', leftLots: 0 })] }],
    ['duplicate-order', 'an id that was sent', buy, { sent: sentLots(1, 30_000, { id: 'A' }) }],
    ['duplicate-order', 'the same within 1 s', buy, { sent: sentLots(1, 1000, { side: 'buy', lots: 1 }) }],
    ['opening', 'later', buy, { sent: sentLots(1, 1000.001, { side: 'buy', lots: 1 }) }],
    ['opening', 'nine in a minute', buy, { sent: sentLots(9, 60_000) }],
    ['order-rate', 'ten', buy, { sent: sentLots(10, 60_000) }],
    ['opening', 'ten in more than one', buy, { sent: sentLots(10, 60_000.001) }],
    ['opening', 'three in a second', buy, { sent: sentLots(3, 1000) }],
    ['order-rate', 'four', buy, { sent: sentLots(4, 1000) }],
    ['order-rate', 'sent in the future', buy, { sent: sentLots(4, -5000) }],
    ['opening', '20 cancels before the first fill', buy, { cancels: 20 }],
    ['cancel-rate', '21', buy, { cancels: 21 }],
    ['opening', '40 for two fills', buy, { cancels: 40, fills: 2 }],
    ['no-quote', 'no quote', buy, marketOf({ quote: null })],
    ['no-quote', 'a crossed book', buy, marketOf(quoted(20_000.25, 20_000))],
    ['no-quote', 'a side that is NaN', buy, marketOf(quoted(20_000, Number.NaN))],
    ['opening', 'a quote of 2 s ago', buy, marketOf(quoted(20_000, 20_000.25, 2000))],
    ['stale-quote', 'a nanosecond more', buy, marketOf({ quote: { ...market.quote!, seenAt: ms(-2000) - 1n } })],
    ['stale-quote', 'a quote to come', buy, marketOf(quoted(20_000, 20_000.25, -1))],
    ['opening', 'an ask 20 ticks from the last trade', buy, marketOf(quoted(20_000, 20_005))],
    ['collar', '21 ticks', buy, marketOf(quoted(20_000, 20_005.25))],
    ['opening', 'a bid 20 ticks below', sell, marketOf(quoted(19_995, 20_000))],
    ['collar', '21 ticks below', sell, marketOf(quoted(19_994.75, 20_000))],
    ['opening', 'a limit 20 ticks above', order('A', 'buy', 1, limit(20_005))],
    ['collar', 'a limit 21 ticks above', order('A', 'buy', 1, limit(20_005.25))],
    ['opening', 'a limit far from being filled', order('A', 'buy', 1, limit(19_000))],
    ['collar', 'no last trade', buy, marketOf({ lastTradeTicks: null })],
    ['opening', 'two lots', order('A', 'buy', 2), {}, { maxPositionLots: 2, maxGrossExposure: 9 }],
    ['order-size', 'three', order('A', 'buy', 3), {}, { maxPositionLots: 9, maxGrossExposure: 99 }],
    ['opening', 'an order of $40,000 at the limit', buy, marketOf(quoted(20_000, 20_000)), { maxOrderDollars: 40_000 }],
    ['order-value', 'a tick more', buy, {}, { maxOrderDollars: 40_000 }],
    ['position-limit', 'two held', buy, { books: holding(1) }],
    ['position-limit', 'one held and one works', buy, { open: [works('buy', 1)] }],
    ['opening', 'what works in the other direction does not net', buy, { open: [works('sell', 1)] }],
    ['position-limit', 'nor against a position', buy, { books: holding(1), open: [works('sell', 1)] }],
    ['position-limit', 'two sold short', sell, { books: holding(-1) }],
    ['opening', 'an exposure of the very limit', buy, { ...marketOf(quoted(20_000, 20_000)), navMicros: 5_000e6 }],
    ['gross-exposure', 'a micro-dollar less', buy, { ...marketOf(quoted(20_000, 20_000)), navMicros: 5_000e6 - 1 }],
    ['gross-exposure', 'a value that is NaN', buy, { navMicros: Number.NaN }],
    ['gross-exposure', 'a value that is missing', buy, { navMicros: null }],
    ['gross-exposure', 'a value of 0', buy, { navMicros: 0 }],
    ['reducing', 'which a reduction does not need', sell, { books: holding(1), navMicros: null }],
    [
      'not-computable',
      'another position whose market is not known',
      buy,
      { books: { ...holding(0), holdings: { OTHER: { lots: 1, flowMicros: 0 } } } },
    ],
  ])('%s: %s', (code, _, what, facts, own) => {
    expect(said(what, facts, own)).toBe(code);
  });

  test('and every code of the list is one that some check gives', () => {
    expect([...new Set([...orderChecks.map(({ code }) => code), 'not-computable'])].sort()).toEqual([...denialCodes].sort());
  });
});

describe('limits', () => {
  test('are refused by name where they are wrong', () => {
    expect(() => readLimits({ maxPositionLot: 1 })).toThrow(/unknown limit/);
    expect(() => readLimits({ maxPositionLots: Number.NaN })).toThrow(/maxPositionLots|whole number/);
    expect(() => readLimits({ dailyLoss: 0.03 })).toThrow(/not below dailyLossHalt/);
    expect(() => readLimits({ maxDrawdown: 0.045_000_5 })).toThrow(/six decimal places/);
    expect(readLimits({ silenceMs: 5000 }).silenceMs).toBe(5000);
  });
});
