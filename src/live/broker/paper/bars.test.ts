import { expect, test } from 'vitest';
import { at, brokerOf, limit, ms, order, said, symbol } from '../../../../tests/fixtures/live/mnq.ts';
import type { MarketRecord } from './market-record.ts';

const minute = 60_000;

/** The n-th minute's bar. */
function bar(n: number, [open, high, low, close]: readonly [number, number, number, number], slippageMicros = 0): MarketRecord {
  const prices = { open: at(open), high: at(high), low: at(low), close: at(close) };
  return { kind: 'bar', symbol, startTime: ms(n * minute), time: ms((n + 1) * minute), ...prices, slippageMicros };
}

test('market orders fill at the open of the next bar, closing ones at the close of the last; both pay fee and slippage', () => {
  const broker = brokerOf({ matching: 'bars', latency: { insert: 20 } });
  broker.market(bar(0, [20_000, 20_010, 19_990, 20_005]));
  broker.submit(order('A', 'buy', 1), ms(minute));
  broker.market(bar(1, [20_006, 20_020, 20_001, 20_011], 250_000));
  expect(broker.take()).toMatchObject([
    { report: { kind: 'accepted' } },
    // The bar tells it at its end.
    { time: ms(minute), seenAt: ms(2 * minute), report: { kind: 'fill', priceTicks: at(20_006), feeMicros: 820_000 } },
  ]);
  expect(broker.nav()).toBe(10_000_000_000 + 10_000_000 - 820_000);
  broker.submit(order('B', 'sell', 1, { kind: { type: 'close' } }), ms(2 * minute));
  broker.advance(ms(2 * minute));
  expect(said(broker)).toEqual(['accepted B', 'fill B 1 @ 20011']);
  expect(broker.nav()).toBe(10_000_000_000 + 10_000_000 - 2 * 820_000);
});

test('stops fill at the open where it gaps beyond them, else at their price; limits where the bar goes through them', () => {
  const broker = brokerOf({ matching: 'bars' });
  const stop = (price: number) => ({ kind: { type: 'stop' as const, stopTicks: at(price) }, timeInForce: 'gtc' as const });
  broker.market(bar(0, [20_000, 20_010, 19_990, 20_005]));
  broker.submit(order('A', 'sell', 1, stop(20_001)), ms(minute));
  broker.submit(order('B', 'sell', 1, stop(19_980)), ms(minute));
  broker.submit(order('C', 'buy', 1, { ...limit(19_985), timeInForce: 'gtc' }), ms(minute));
  broker.submit(order('D', 'buy', 1, { ...limit(19_980), timeInForce: 'gtc' }), ms(minute));
  broker.market(bar(1, [20_000.5, 20_002, 19_980, 19_990]));
  expect(said(broker).filter((line) => line.startsWith('fill'))).toEqual(['fill A 1 @ 20000.5', 'fill B 1 @ 19980', 'fill C 1 @ 19985']);
});

test('a price between two ticks is filled at the worse one', () => {
  const broker = brokerOf({ matching: 'bars' });
  broker.market(bar(0, [20_000, 20_010, 19_990, 20_005]));
  broker.submit(order('A', 'buy', 1), ms(minute));
  broker.submit(order('B', 'sell', 1), ms(minute));
  broker.market(bar(1, [20_000.1, 20_002, 19_980, 19_990]));
  expect(said(broker).filter((line) => line.startsWith('fill'))).toEqual(['fill A 1 @ 20000.25', 'fill B 1 @ 20000']);
});

test('orders for an instant are refused, and what was not filled ends with its session', () => {
  const broker = brokerOf({ matching: 'bars' });
  broker.market(bar(0, [20_000, 20_010, 19_990, 20_005]));
  broker.submit(order('A', 'buy', 1, { timeInForce: 'ioc' }), ms(minute));
  broker.submit(order('B', 'buy', 1, limit(19_000)), ms(minute));
  const lastMinute = (Date.parse('2024-01-17T21:59:00Z') - Date.parse('2024-01-17T15:00:00Z')) / minute;
  broker.market(bar(lastMinute, [20_000, 20_010, 18_000, 20_005]));
  expect(said(broker)).toEqual(['rejected A kind', 'accepted B', 'fill B 1 @ 19000']);
  broker.submit(order('C', 'buy', 1), ms((lastMinute - 1) * minute));
  broker.advance(ms((lastMinute + 1) * minute));
  expect(said(broker)).toEqual(['accepted C', 'expired C session-end']);
});
