import { describe, expect, test } from 'vitest';
import { at, book, brokerOf, levels, limit, ms, open, order, said, symbol, terms, trade } from '../../../../tests/fixtures/live/mnq.ts';
import { lastTradeMs } from '../../../market/instruments.ts';
import { holdingOf } from '../books.ts';
import type { PaperBroker } from './paper-broker.ts';

const bid = (price: number, size = 10) => [levels([price, size]), levels([price + 0.25, 8])] as const;

function send(broker: PaperBroker, what: ReturnType<typeof order>, afterMs: number): readonly string[] {
  broker.submit(what, ms(afterMs));
  broker.advance(ms(afterMs));
  return said(broker);
}

describe('the worked examples', () => {
  test('queue: what stands before a resting order is traded, canceled or gone through before it is filled', () => {
    const broker = brokerOf();
    broker.market(book(0, levels([20_000, 12]), levels([20_000.25, 9])));
    expect(send(broker, order('A', 'buy', 3, limit(20_000)), 1)).toEqual(['accepted A']);
    const ahead = () => broker.openOrders()[0]?.ahead;
    expect(ahead()).toBe(12);
    broker.market(trade(2, 20_000, 5, 'sell'));
    expect(ahead()).toBe(7);
    broker.market(trade(3, 20_000.25, 9, 'buy'));
    expect(ahead()).toBe(7);
    broker.market(book(4, levels([20_000, 6]), levels([20_000.25, 9])));
    expect(ahead()).toBe(6);
    broker.market(trade(5, 20_000, 7, 'sell'));
    expect([said(broker), ahead()]).toEqual([['fill A 1 @ 20000'], 0]);
    broker.market(trade(6, 19_999.75, 4, 'sell'));
    expect(said(broker)).toEqual(['fill A 2 @ 20000']);
    expect(broker.openOrders()).toEqual([]);
  });

  test('depth: an order walks the levels that are displayed', () => {
    const broker = brokerOf({}, 100_000);
    broker.market(book(0, levels([20_000, 5]), levels([20_000.25, 5], [20_000.5, 4], [20_000.75, 3])));
    expect(send(broker, order('A', 'buy', 12), 1)).toEqual([
      'accepted A',
      'fill A 5 @ 20000.25',
      'fill A 4 @ 20000.5',
      'fill A 3 @ 20000.75',
    ]);
    const { lots, flowMicros } = holdingOf(broker.books(), symbol);
    expect(-flowMicros / (lots * 2e6)).toBeCloseTo(20_000.458333, 6);
  });

  test('money: fees and the liquidation mark, to the micro-dollar', () => {
    const broker = brokerOf();
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'buy', 1), 1);
    expect(broker.books().feesMicros).toBe(570_000);
    broker.market(book(2, ...bid(20_010)));
    expect(broker.nav()).toBe(10_018_930_000);
    send(broker, order('B', 'sell', 1), 3);
    expect(broker.nav()).toBe(10_018_360_000);
    // Flat: nothing depends on a price any more.
    broker.market(book(4, ...bid(19_000)));
    expect(broker.nav()).toBe(10_018_360_000);
  });

  test('a short position is marked at the ask', () => {
    const broker = brokerOf();
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'sell', 1), 1);
    expect(broker.nav()).toBe(10_000_000_000 - 570_000 - 500_000);
  });
});

describe('what is displayed', () => {
  test('is filled once: the rest of an order waits until the level changes, and never goes beyond the collar', () => {
    const broker = brokerOf({ collarTicks: 4 }, 100_000);
    const asks = (price: number, size: number) => book(0, levels([20_000, 5]), levels([price, size]));
    broker.market(asks(20_000.25, 4));
    expect(send(broker, order('A', 'buy', 10), 1)).toEqual(['accepted A', 'fill A 4 @ 20000.25']);
    broker.market({ ...asks(20_000.25, 4), time: ms(2) });
    expect(said(broker)).toEqual([]);
    broker.market({ ...asks(20_000.25, 3), time: ms(3) });
    expect(said(broker)).toEqual(['fill A 3 @ 20000.25']);
    broker.market({ ...asks(20_001.5, 9), time: ms(4) });
    expect(said(broker)).toEqual([]);
    broker.market({ ...asks(20_001.25, 9), time: ms(5) });
    expect(said(broker)).toEqual(['fill A 3 @ 20001.25']);
  });

  test('a limit takes up to its price, the rest of it rests at the best, and a quote through it fills it at its own price', () => {
    const broker = brokerOf({}, 100_000);
    broker.market(book(0, levels([20_000, 5]), levels([20_000.25, 2], [20_000.5, 2])));
    expect(send(broker, order('A', 'buy', 6, limit(20_000.25)), 1)).toEqual(['accepted A', 'fill A 2 @ 20000.25']);
    expect(broker.openOrders()).toMatchObject([{ leftLots: 4, ahead: 0 }]);
    broker.market(book(2, levels([19_999.5, 5]), levels([19_999.75, 3])));
    expect(said(broker)).toEqual(['fill A 3 @ 20000.25']);
  });

  test('an order behind the best price learns its queue when the best reaches it', () => {
    const broker = brokerOf();
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'buy', 2, limit(19_999.5)), 1);
    expect(broker.openOrders()).toMatchObject([{ ahead: null }]);
    broker.market(trade(2, 19_999.5, 50, 'sell'));
    broker.market(book(3, ...bid(19_999.5, 7)));
    expect([said(broker), broker.openOrders()]).toMatchObject([[], [{ ahead: 7 }]]);
    // The best fell below: nothing stands before it any more.
    broker.market(book(4, levels([19_999.25, 9]), levels([19_999.75, 9])));
    expect(broker.openOrders()).toMatchObject([{ ahead: 0 }]);
  });

  test('two orders at one price share a trade', () => {
    const broker = brokerOf();
    broker.market(book(0, levels([20_000, 2]), levels([20_000.25, 9])));
    send(broker, order('A', 'buy', 2, limit(20_000)), 1);
    send(broker, order('B', 'buy', 2, limit(20_000)), 2);
    broker.market(trade(3, 20_000, 5, 'sell'));
    expect(said(broker)).toEqual(['fill A 2 @ 20000', 'fill B 1 @ 20000']);
  });

  test('a crossed book, one that the feed doubts, a halt and a gap fill nothing', () => {
    const broker = brokerOf();
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'buy', 1, limit(20_000)), 1);
    broker.market(book(2, levels([20_000.25, 1]), levels([20_000, 5])));
    broker.market(book(3, levels([19_990, 1]), levels([19_990.25, 5]), { suspect: true }));
    broker.market({ kind: 'halt', time: ms(4), symbol, halted: true });
    broker.market(book(5, ...bid(19_990)));
    expect(said(broker)).toEqual([]);
    expect(send(broker, order('B', 'buy', 1), 6)).toEqual(['rejected B halted']);
    broker.market({ kind: 'halt', time: ms(7), symbol, halted: false });
    broker.market({ kind: 'gap', time: ms(8), symbol });
    expect(send(broker, order('C', 'buy', 1), 9)).toEqual(['rejected C no-quote']);
    broker.market(book(10, ...bid(19_990)));
    expect(said(broker)).toEqual(['fill A 1 @ 20000']);
  });
});

describe('orders', () => {
  test('arrive after the latency, at the quote of their arrival; a fill before a cancel takes effect counts', () => {
    const broker = brokerOf({ latency: { insert: 20, cancel: 20, ack: 10 } });
    broker.market(book(0, ...bid(20_000)));
    broker.submit(order('A', 'buy', 1), ms(1));
    broker.market(book(15, ...bid(20_005)));
    broker.market(book(30, ...bid(20_009)));
    expect(broker.take()).toMatchObject([
      { time: ms(21), seenAt: ms(31), report: { kind: 'accepted' } },
      { time: ms(21), seenAt: ms(31), report: { kind: 'fill', priceTicks: at(20_005.25) } },
    ]);
    broker.submit(order('B', 'sell', 1, limit(20_010)), ms(31));
    broker.advance(ms(51));
    broker.cancel('B', ms(60));
    broker.market(trade(70, 20_010.25, 3, 'buy'));
    broker.advance(ms(90));
    expect(said(broker)).toEqual(['accepted B', 'fill B 1 @ 20010', 'cancelRejected B']);
  });

  test('a drawn latency depends on the order alone', () => {
    const run = (others: number): bigint => {
      const broker = brokerOf({ latency: { insert: { fromMs: 5, toMs: 50 }, cancel: 0, ack: 0 } });
      broker.market(book(0, ...bid(20_000)));
      for (let i = 0; i < others; i++) broker.submit(order(`O${i}`, 'buy', 1), ms(1));
      broker.submit(order('A', 'buy', 1), ms(1));
      broker.advance(ms(60));
      return broker.take().find(({ orderId }) => orderId === 'A')!.time;
    };
    expect(run(0)).toBeGreaterThan(ms(6));
    expect(run(3)).toBe(run(0));
  });

  test('immediate ones keep nothing open, and whole ones are whole or nothing', () => {
    const broker = brokerOf({}, 100_000);
    broker.market(book(0, levels([20_000, 9]), levels([20_000.25, 4])));
    expect(send(broker, order('A', 'buy', 6, { timeInForce: 'fok' }), 1)).toEqual(['accepted A', 'canceled A fill-or-kill']);
    expect(send(broker, order('B', 'buy', 6, { timeInForce: 'ioc' }), 2)).toEqual([
      'accepted B',
      'fill B 4 @ 20000.25',
      'canceled B immediate-or-cancel',
    ]);
    expect(send(broker, order('C', 'sell', 9, { timeInForce: 'fok' }), 3)).toEqual(['accepted C', 'fill C 9 @ 20000']);
  });

  test('a stop is touched by a trade, not by a quote', () => {
    const broker = brokerOf();
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'sell', 1, { kind: { type: 'stop', stopTicks: at(19_998) } }), 1);
    broker.market(book(2, ...bid(19_997)));
    expect(said(broker)).toEqual([]);
    broker.market(trade(3, 19_998, 1, 'sell'));
    expect(said(broker)).toEqual(['fill A 1 @ 19997']);
  });

  test('of the day end with their session, others go on; the next session knows nothing of the last quote', () => {
    const broker = brokerOf();
    const close = BigInt(Date.parse('2024-01-17T22:00:00Z')) * 1_000_000n;
    broker.market(book(0, ...bid(20_000)));
    send(broker, order('A', 'buy', 1, limit(19_990)), 1);
    send(broker, order('B', 'buy', 1, { ...limit(19_990), timeInForce: 'gtc' }), 2);
    broker.advance(close);
    expect(said(broker)).toEqual(['expired A session-end']);
    broker.submit(order('C', 'buy', 1), close + 1n);
    broker.advance(close + 1n);
    const reopened = close + 3_600_000_000_000n;
    broker.submit(order('D', 'buy', 1), reopened);
    broker.advance(reopened);
    expect(said(broker)).toEqual(['rejected C closed', 'rejected D no-quote']);
    expect(broker.openOrders().map(({ order: { id } }) => id)).toEqual(['B']);
    broker.expireAll(reopened);
    expect(said(broker)).toEqual(['expired B engine-restart']);
  });

  test('that replace another lose the queue, and are refused if the other is not open', () => {
    const broker = brokerOf();
    broker.market(book(0, levels([20_000, 2]), levels([20_000.25, 9])));
    send(broker, order('A', 'buy', 2, limit(20_000)), 1);
    broker.market(book(2, levels([20_000, 12]), levels([20_000.25, 9])));
    broker.replace('A', order('B', 'buy', 1, limit(20_000)), ms(3));
    broker.advance(ms(3));
    expect([said(broker), broker.openOrders()]).toMatchObject([['canceled A replaced', 'accepted B'], [{ ahead: 12 }]]);
    broker.replace('A', order('C', 'buy', 1, limit(20_000)), ms(4));
    broker.advance(ms(4));
    expect(said(broker)).toEqual(['replaceRejected A', 'rejected C too-late']);
  });

  test('are rejected with a code each', () => {
    const broker = brokerOf({ collarTicks: 20 });
    broker.market(trade(0, 20_000, 1, null));
    broker.market(book(0, ...bid(20_000)));
    const code = (more: Parameters<typeof order>[3], lots = 1) => {
      const [, , reason] = send(broker, order(`R${Math.random()}`, 'buy', lots, more), 1)[0]!.split(' ');
      return reason;
    };
    expect(code({ kind: { type: 'limit', limitTicks: 80_000.5 } })).toBe('tick');
    expect(code({ kind: { type: 'limit', limitTicks: 0 } })).toBe('price');
    expect(code({}, 1.5)).toBe('lot');
    expect(code({}, 0)).toBe('lot');
    expect(code({ symbol: 'MESH4' })).toBe('unknown-symbol');
    expect(code({ kind: { type: 'close' } })).toBe('kind');
    expect(code(limit(20_005.25))).toBe('collar');
    expect(code(limit(20_005))).toBeUndefined();
    expect(send(broker, order('A', 'buy', 1, limit(19_990)), 1)).toEqual(['accepted A']);
    expect(send(broker, order('A', 'buy', 1, limit(19_990)), 1)).toEqual(['rejected A duplicate-id']);
    broker.market(book(2, levels([20_006, 1]), levels([20_006.25, 1])));
    expect(send(broker, order('B', 'buy', 1), 2)).toEqual(['rejected B collar']);
    expect(send(broker, order('C', 'sell', 1), 2003)).toEqual(['rejected C stale']);
  });

  test('need margin for the worst case: equal passes, and closing is never refused', () => {
    // Six contracts of 1,650; one tick below it fails.
    const six = brokerOf({}, 9_900);
    six.market(book(0, levels([20_000, 90]), levels([20_000.25, 90])));
    expect(send(six, order('A', 'buy', 4, limit(19_990)), 1)).toEqual(['accepted A']);
    expect(send(six, order('B', 'buy', 3, limit(19_990)), 1)).toEqual(['rejected B margin']);
    expect(send(six, order('C', 'buy', 2, limit(19_990)), 1)).toEqual(['accepted C']);
    const poor = brokerOf({}, 1_700);
    poor.market(book(0, ...bid(20_000)));
    send(poor, order('A', 'buy', 1), 1);
    poor.market(book(2, ...bid(19_500)));
    expect(poor.nav()).toBeLessThan(1_000e6);
    expect(send(poor, order('B', 'sell', 2), 3)).toEqual(['rejected B margin']);
    expect(send(poor, order('C', 'sell', 1), 3)).toEqual(['accepted C', 'fill C 1 @ 19500']);
  });

  test('of a contract that is no longer traded are rejected', () => {
    expect(lastTradeMs(symbol, 2024)).toBe(Date.parse('2024-03-15T13:30:00Z'));
    expect(terms.lastTradeMs).toBe(Date.parse('2024-03-15T13:30:00Z'));
    expect([lastTradeMs('MNQ', 2024), lastTradeMs('NVDA', 2024)]).toEqual([null, null]);
    const broker = brokerOf();
    const expired = BigInt(terms.lastTradeMs!) * 1_000_000n;
    broker.market({ ...book(0, ...bid(20_000)), time: expired });
    broker.submit(order('A', 'buy', 1), expired);
    broker.advance(expired);
    expect(said(broker)).toEqual(['rejected A expired-contract']);
  });

  test('records must come in the order of time', () => {
    const broker = brokerOf();
    broker.market(book(1, ...bid(20_000)));
    expect(() => broker.market({ ...book(1, ...bid(20_000)), time: open })).toThrow(/older than what was seen/);
  });
});
