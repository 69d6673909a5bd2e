import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewOrder } from '../../src/live/broker/orders.ts';
import type { Broker } from '../../src/live/broker/port/broker.ts';
import { answered, type BrokerBench, listen, quote, told, until } from '../fixtures/live/broker-bench.ts';
import { limit, order, symbol } from '../fixtures/live/mnq.ts';
import { deskConformance } from './order-desk.ts';

/** What every broker behind the port promises, and what an order desk makes of it when the connection or the desk itself fails. */
export function brokerConformance(name: string, open: () => Promise<BrokerBench>): void {
  describe(`broker ${name}`, () => {
    let bench: BrokerBench;
    let broker: Broker;
    beforeEach(async () => {
      bench = await open();
      broker = await bench.connect();
      await quote(bench, 20_000, 20_000.25);
    });
    afterEach(() => bench.close());

    const submit = (sent: NewOrder) => answered(bench, broker.submit(sent));
    const find = (id: string) => answered(bench, broker.find(id));
    const cancel = (id: string) => answered(bench, broker.cancel(id));
    const snapshot = async (since: string | null = null) => {
      const read = await answered(bench, broker.snapshot(since));
      if (read === 'unknown') throw new Error('the broker does not answer');
      return read;
    };
    /** Below the market, so that it rests. */
    const resting = (id: string, lots = 1): NewOrder => order(id, 'buy', lots, limit(19_990));

    describe('by itself', () => {
      test('says what it takes, with room for our ids', () => {
        expect(broker.can.clientIdMax).toBeGreaterThanOrEqual(21);
        expect(broker.can.orderTypes).toEqual(expect.arrayContaining(['market', 'limit']));
        expect(broker.can.timeInForce).toEqual(expect.arrayContaining(['day', 'ioc']));
      });

      test('takes an order that rests, shows it and reports it', async () => {
        const { events } = listen(broker);
        const outcome = await submit(resting('A-1'));
        expect(outcome).toEqual({ outcome: 'accepted', brokerId: expect.stringMatching(/./) });
        const shown = { clientOrderId: 'A-1', symbol, side: 'buy', lots: 1, filledLots: 0, state: 'accepted' };
        expect(await find('A-1')).toMatchObject(shown);
        expect((await snapshot()).openOrders).toMatchObject([shown]);
        await until(bench, () => told(events).length > 0);
        expect(told(events)).toEqual(['accepted A-1']);
      });

      test('fills an order at the quote, and the account holds it', async () => {
        const { events } = listen(broker);
        expect(await submit(order('A-1', 'buy', 2))).toMatchObject({ outcome: 'accepted' });
        await until(bench, () => told(events).length > 1);
        expect(told(events)).toEqual(['accepted A-1', 'fill A-1 2']);
        expect(await find('A-1')).toMatchObject({ state: 'filled', filledLots: 2 });
        const { positions, openOrders, fills } = await snapshot();
        expect(positions[symbol]).toBe(2);
        expect(openOrders).toEqual([]);
        expect(fills).toMatchObject([{ orderId: 'A-1', report: { kind: 'fill', symbol, side: 'buy', lots: 2, priceTicks: 80_001 } }]);
      });

      test('fills in parts, each with an id of its own, and the parts add up', async () => {
        const { events } = listen(broker);
        await quote(bench, 20_000, 20_000.25, 10, 2);
        await submit(order('A-1', 'buy', 3));
        await until(bench, () => told(events).length > 1);
        expect(await find('A-1')).toMatchObject({ state: 'partiallyFilled', filledLots: 2, lots: 3 });
        await quote(bench, 20_000, 20_000.25, 10, 7);
        await until(bench, () => told(events).length > 2);
        expect(told(events)).toEqual(['accepted A-1', 'fill A-1 2', 'fill A-1 1']);
        const { fills } = await snapshot();
        expect(new Set(fills.map(({ report }) => report.executionId)).size).toBe(2);
      });

      test.each([
        ['no whole lots', order('A-1', 'buy', 1.5)],
        ['a symbol that there is not', order('A-1', 'buy', 1, { symbol: 'NONE' })],
        ['more than the margin allows', order('A-1', 'buy', 9)],
      ] as const)('rejects an order of %s with a reason, and nothing works', async (_, wrong) => {
        expect(await submit(wrong)).toEqual({
          outcome: 'rejected',
          code: expect.stringMatching(/./),
          because: expect.stringMatching(/\w/),
        });
        const { openOrders, positions } = await snapshot();
        expect([openOrders, positions[symbol] ?? 0]).toEqual([[], 0]);
        const found = await find('A-1');
        if (found !== null) expect(found).toMatchObject({ state: 'rejected', filledLots: 0 });
      });

      test('takes an id once while it works: the second time it has the outcome of the first', async () => {
        const first = await submit(resting('A-1'));
        expect(await submit(resting('A-1'))).toEqual(first);
        expect(bench.accepted()).toEqual(['A-1']);
        expect((await snapshot()).openOrders).toHaveLength(1);
      });

      test('takes an id once when it is filled, and fills nothing again', async () => {
        const first = await submit(order('A-1', 'buy', 1));
        expect(await submit(order('A-1', 'buy', 1))).toEqual(first);
        expect(bench.accepted()).toEqual(['A-1']);
        expect((await snapshot()).positions[symbol]).toBe(1);
      });

      test('takes an id once when both requests are on their way', async () => {
        const both = await answered(bench, Promise.all([broker.submit(resting('A-1')), broker.submit(resting('A-1'))]));
        expect(both[1]).toEqual(both[0]);
        expect(bench.accepted()).toEqual(['A-1']);
      });

      test('cancels what rests, and reports it', async () => {
        const { events } = listen(broker);
        await submit(resting('A-1'));
        expect(await cancel('A-1')).toBe('accepted');
        await until(bench, () => told(events).includes('canceled A-1'));
        expect(await find('A-1')).toMatchObject({ state: 'canceled' });
        expect((await snapshot()).openOrders).toEqual([]);
      });

      test('cancels the rest of what is filled in part, and the fills stay', async () => {
        const { events } = listen(broker);
        await quote(bench, 20_000, 20_000.25, 10, 2);
        await submit(order('A-1', 'buy', 3, limit(20_000.25)));
        await until(bench, () => told(events).includes('fill A-1 2'));
        expect(await cancel('A-1')).toBe('accepted');
        await until(bench, () => told(events).includes('canceled A-1'));
        expect(await find('A-1')).toMatchObject({ state: 'canceled', filledLots: 2 });
        expect((await snapshot()).positions[symbol]).toBe(2);
      });

      test('is too late to cancel what is filled, what is canceled and what it never had', async () => {
        await submit(order('A-1', 'buy', 1));
        await submit(resting('A-2'));
        await cancel('A-2');
        expect([await cancel('A-1'), await cancel('A-2'), await cancel('A-3')]).toEqual(['tooLate', 'tooLate', 'tooLate']);
        expect((await snapshot()).positions[symbol]).toBe(1);
      });

      test('cancels all that is open, with a result for each', async () => {
        for (const id of ['A-1', 'A-2', 'A-3']) await submit(resting(id));
        await submit(order('A-4', 'buy', 1));
        const results = await answered(bench, broker.cancelAll());
        expect(results).toHaveLength(3);
        expect(new Set(results === 'unknown' ? [] : results.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
        expect((await snapshot()).openOrders).toEqual([]);
        expect(await answered(bench, broker.cancelAll())).toEqual([]);
      });

      test('knows no order that it was not sent', async () => {
        expect(await find('A-1')).toBeNull();
      });

      test('tells the fills since a cursor, and all of them without one', async () => {
        const before = await snapshot();
        expect(before.fills).toEqual([]);
        await submit(order('A-1', 'buy', 1));
        const first = await snapshot(before.cursor);
        await submit(order('A-2', 'sell', 1));
        const second = await snapshot(first.cursor);
        const of = ({ fills }: typeof before): readonly string[] => fills.map(({ orderId }) => orderId);
        expect([of(first), of(second), of(await snapshot(second.cursor)), of(await snapshot())]).toEqual([
          ['A-1'],
          ['A-2'],
          [],
          ['A-1', 'A-2'],
        ]);
      });

      test('fills an immediate order as far as it goes and cancels the rest', async () => {
        const { events } = listen(broker);
        await quote(bench, 20_000, 20_000.25, 10, 2);
        await submit(order('A-1', 'buy', 3, { ...limit(20_000.25), timeInForce: 'ioc' }));
        await until(bench, () => told(events).includes('canceled A-1'));
        expect(told(events)).toEqual(['accepted A-1', 'fill A-1 2', 'canceled A-1']);
      });

      test('ends an order of the day with its session', async () => {
        const { events } = listen(broker);
        await submit(resting('A-1'));
        // 17:00 New York.
        await bench.pass(7 * 3_600_000);
        await until(bench, () => told(events).includes('expired A-1'));
        expect(await find('A-1')).toMatchObject({ state: 'expired', filledLots: 0 });
        expect((await snapshot()).openOrders).toEqual([]);
      });

      test('tells a listener at once whether it is connected, and nothing once it stopped', async () => {
        const { events, stop } = listen(broker);
        await until(bench, () => events.length > 0);
        expect(events).toEqual([{ kind: 'up' }]);
        stop();
        await submit(order('A-1', 'buy', 1));
        await bench.pass(10);
        expect(events).toHaveLength(1);
      });

      test('says when reports may be lost, and the account tells afterwards what was', async () => {
        if (bench.cut === undefined || bench.mend === undefined) return;
        const { events } = listen(broker);
        await until(bench, () => events.length > 0);
        await bench.cut();
        await until(bench, () => events.at(-1)?.kind === 'down');
        await submit(order('A-1', 'buy', 1));
        await bench.mend();
        await until(bench, () => events.at(-1)?.kind === 'up', undefined, 250);
        expect((await snapshot()).fills).toMatchObject([{ orderId: 'A-1' }]);
      });

      test('shows another client of the account the same', async () => {
        await submit(resting('A-1'));
        await submit(order('A-2', 'buy', 1));
        const second = await bench.connect();
        const read = await answered(bench, second.snapshot(null));
        expect(read).toMatchObject({ openOrders: [{ clientOrderId: 'A-1' }], fills: [{ orderId: 'A-2' }] });
        expect(await answered(bench, second.submit(order('A-2', 'buy', 1)))).toMatchObject({ outcome: 'accepted' });
        expect(bench.accepted()).toEqual(['A-1', 'A-2']);
      });
    });

    deskConformance(() => ({ bench, broker }));
  });
}
