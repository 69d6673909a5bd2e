import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import type { NewOrder } from '../../src/live/broker/orders.ts';
import type { AccountSnapshot, Broker } from '../../src/live/broker/port/broker.ts';
import { answered, type BrokerBench, type Life, live, quote, until, type Written } from '../fixtures/live/broker-bench.ts';
import { type Fault, faultyBroker, type Passing } from '../fixtures/live/faulty-broker.ts';
import { limit, order, symbol } from '../fixtures/live/mnq.ts';

/** What an order desk makes of a broker when the connection or the desk itself fails: every row of the reconciliation, and every point of a kill. */
export function deskConformance(given: () => { readonly bench: BrokerBench; readonly broker: Broker }): void {
  describe('with an order desk before it', () => {
    let bench: BrokerBench;
    let broker: Broker;
    const cancel = (id: string) => answered(bench, broker.cancel(id));
    const snapshot = async (): Promise<AccountSnapshot> => {
      const read = await answered(bench, broker.snapshot(null));
      if (read === 'unknown') throw new Error('the broker does not answer');
      return read;
    };
    const resting = (id: string): NewOrder => order(id, 'buy', 1, limit(19_990));
    const lives: Life[] = [];
    let disk: Written;
    beforeEach(() => {
      ({ bench, broker } = given());
      disk = { intents: [], events: [] };
    });
    afterEach(() => {
      for (const life of lives.splice(0)) life.kill();
    });
    const begin = (through: Broker = broker): Life => {
      const life = live(bench, through, disk);
      lives.push(life);
      return life;
    };
    const faulty = (faultOf: (passing: Passing) => Fault): Broker => faultyBroker(broker, faultOf);
    const only = (what: Passing['what'], fault: Fault, n = 0) =>
      faulty((passing) => (passing.what === what && passing.n === n ? fault : 'none'));
    const stateOf = (life: Life, id: string): string | undefined =>
      life.history().orders.find((one) => one.order.id === id)?.progress.state;
    const held = (life: Life): number => life.history().positions[symbol] ?? 0;
    /** The desk, the disk and the broker agree. */
    const expectSame = async (life: Life, lots: number): Promise<void> => {
      await life.runUntil(() => life.desk.reconciled() === 'same');
      expect([held(life), (await snapshot()).positions[symbol] ?? 0]).toEqual([lots, lots]);
      expect(new Set(bench.accepted()).size).toBe(bench.accepted().length);
    };
    const send = async (life: Life, sent: NewOrder): Promise<void> => expect(await life.desk.submit(sent)).toBe(true);

    test('an order is written before it is sent, and its news after they are written', async () => {
      const seen: string[] = [];
      const life = begin({
        ...broker,
        submit: (sent) => {
          seen.push(`${disk.intents.length} intents`);
          return broker.submit(sent);
        },
      });
      await send(life, order('A-1', 'buy', 1));
      await life.runUntil(() => stateOf(life, 'A-1') === 'filled');
      expect(seen).toEqual(['1 intents']);
      await life.runUntil(() => life.news.length > 1);
      expect(life.news.map(({ report }) => report.kind)).toEqual(['accepted', 'fill']);
      expect(life.news).toEqual(disk.events);
      await expectSame(life, 1);
    });

    test('an id that was sent is not sent again', async () => {
      const life = begin();
      await send(life, order('A-1', 'buy', 1));
      expect(await life.desk.submit(order('A-1', 'buy', 1))).toBe(false);
      await expectSame(life, 1);
      expect(bench.accepted()).toEqual(['A-1']);
    });

    test('submitted and absent five times over ten seconds: rejected, and never sent again', async () => {
      const life = begin(only('submit', 'lost'));
      const from = bench.now();
      await send(life, order('A-1', 'buy', 1));
      await life.runUntil(() => stateOf(life, 'A-1') === 'rejected');
      expect(bench.now() - from).toBeGreaterThanOrEqual(15_000_000_000n);
      expect(bench.accepted()).toEqual([]);
      await expectSame(life, 0);
    });

    test('submitted and found: its state and its fills are taken over', async () => {
      const life = begin(faulty(({ what }) => (what === 'submit' ? 'replyLost' : what === 'event' ? 'lost' : 'none')));
      await send(life, resting('A-1'));
      await send(life, order('A-2', 'buy', 2));
      await life.runUntil(() => stateOf(life, 'A-1') === 'accepted' && stateOf(life, 'A-2') === 'filled');
      await expectSame(life, 2);
    });

    test('accepted and canceled, or expired, unheard: so it is here', async () => {
      const life = begin(faulty(({ what }) => (what === 'event' ? 'lost' : 'none')));
      await send(life, resting('A-1'));
      await life.runUntil(() => stateOf(life, 'A-1') === 'accepted');
      await cancel('A-1');
      await life.runUntil(() => stateOf(life, 'A-1') === 'canceled');
      await send(life, resting('A-2'));
      await life.runUntil(() => stateOf(life, 'A-2') === 'accepted');
      await bench.pass(7 * 3_600_000);
      await life.runUntil(() => stateOf(life, 'A-2') === 'expired');
      await expectSame(life, 0);
    });

    test('filled in part and canceled unheard: the fills are kept', async () => {
      const life = begin(
        faulty(({ what, event }) =>
          what === 'event' && event?.kind === 'report' && event.event.report.kind !== 'accepted' ? 'lost' : 'none',
        ),
      );
      await quote(bench, 20_000, 20_000.25, 10, 2);
      await send(life, order('A-1', 'buy', 3, limit(20_000.25)));
      await life.runUntil(() => stateOf(life, 'A-1') === 'partiallyFilled');
      await cancel('A-1');
      await life.runUntil(() => stateOf(life, 'A-1') === 'canceled');
      await expectSame(life, 2);
    });

    /** A broker that has forgotten some orders, and may misstate a position. */
    const forgetful = (ids: ReadonlySet<string>, moreLots = 0): Broker => ({
      ...broker,
      find: async (id) => (ids.has(id) ? null : await broker.find(id)),
      snapshot: async (since) => {
        const read = await broker.snapshot(since);
        if (read === 'unknown') return read;
        const lots = (read.positions[symbol] ?? 0) + moreLots;
        return {
          ...read,
          positions: { ...read.positions, [symbol]: lots },
          openOrders: read.openOrders.filter((one) => !ids.has(one.clientOrderId)),
        };
      },
    });

    test('accepted and absent from everything: canceled; without a fill that is an incident', async () => {
      const gone = new Set<string>();
      const life = begin(forgetful(gone));
      await send(life, resting('A-1'));
      await life.runUntil(() => stateOf(life, 'A-1') === 'accepted' && life.desk.reconciled() === 'same');
      gone.add('A-1');
      await life.runUntil(() => stateOf(life, 'A-1') === 'canceled');
      expect(life.incidents).toEqual(['vanished-order']);
      expect(disk.events.at(-1)).toMatchObject({ report: { kind: 'canceled', reason: 'vanished' } });
    });

    test('an open order that is not ours is canceled, which is an incident', async () => {
      await answered(bench, broker.submit(resting('B-1')));
      const life = begin();
      await life.runUntil(() => life.incidents.length > 0);
      expect(life.incidents).toEqual(['foreign-order']);
      let left = 1;
      await life.runUntil(() => {
        void snapshot().then(({ openOrders }) => {
          left = openOrders.length;
        });
        return left === 0;
      });
      await expectSame(life, 0);
      expect(life.incidents).toEqual(['foreign-order']);
    });

    test('a position that differs after all fills is an incident, and nothing is traded to repair it', async () => {
      const life = begin(forgetful(new Set(), 1));
      await send(life, order('A-1', 'buy', 1));
      await life.runUntil(() => life.desk.reconciled() === 'differs');
      expect(life.incidents).toEqual(['position-mismatch']);
      await bench.pass(30_000);
      life.desk.tick();
      expect(bench.accepted()).toEqual(['A-1']);
      expect(life.desk.reconciled()).toBe('differs');
    });

    test('a position that differed and agrees again does so here: a person can let trading go on', async () => {
      let isWrong = true;
      const wrong = forgetful(new Set(), 1);
      const life = begin({ ...broker, snapshot: (since) => (isWrong ? wrong : broker).snapshot(since) });
      await life.runUntil(() => life.desk.reconciled() === 'differs');
      isWrong = false;
      await expectSame(life, 0);
      expect(life.incidents).toEqual(['position-mismatch']);
    });

    test('look-ups and readings that fail are no news: nothing is known, nothing changes', async () => {
      let isAway = true;
      const life = begin(
        faulty(({ what }) => (isAway && (what === 'find' || what === 'snapshot') ? 'lost' : what === 'submit' ? 'replyLost' : 'none')),
      );
      await send(life, order('A-1', 'buy', 1));
      const from = bench.now();
      await life.runUntil(() => bench.now() - from > 60_000_000_000n);
      expect(life.desk.reconciled()).toBe('unknown');
      expect(life.incidents).toEqual([]);
      isAway = false;
      await expectSame(life, 1);
    });

    test('a fill that was not reported is found in the account', async () => {
      const life = begin(
        faulty(({ what, event }) => (what === 'event' && event?.kind === 'report' && event.event.report.kind === 'fill' ? 'lost' : 'none')),
      );
      await send(life, order('A-1', 'buy', 1));
      await life.runUntil(() => stateOf(life, 'A-1') === 'filled');
      await expectSame(life, 1);
    });

    test('reports that come twice, or in another order, end in the same', async () => {
      for (const [n, fault] of (['twice', 'late'] as const).entries()) {
        const life = begin(faulty(({ what }) => (what === 'event' ? fault : 'none')));
        await send(life, order(`A-${n}`, 'buy', 1));
        await life.runUntil(() => stateOf(life, `A-${n}`) === 'filled');
        await expectSame(life, n + 1);
        life.kill();
      }
    });

    test('a cancel whose answer and report are lost is looked up', async () => {
      const life = begin(
        faulty(({ what, event }) =>
          what === 'cancel'
            ? 'replyLost'
            : what === 'event' && event?.kind === 'report' && event.event.report.kind === 'canceled'
              ? 'lost'
              : 'none',
        ),
      );
      await send(life, resting('A-1'));
      await life.runUntil(() => stateOf(life, 'A-1') === 'accepted');
      life.desk.cancel('A-1');
      await life.runUntil(() => stateOf(life, 'A-1') === 'canceled');
      await expectSame(life, 0);
    });

    test('a cancel that is lost leaves the order open, and says so', async () => {
      const life = begin(only('cancel', 'lost'));
      await send(life, resting('A-1'));
      await life.runUntil(() => stateOf(life, 'A-1') === 'accepted');
      life.desk.cancel('A-1');
      await life.runUntil(() => life.news.some(({ report }) => report.kind === 'cancelRejected'));
      expect(stateOf(life, 'A-1')).toBe('accepted');
      life.desk.cancel('A-1');
      await life.runUntil(() => stateOf(life, 'A-1') === 'canceled');
    });

    test('killed between intent and request: the order never was, and is not sent again', async () => {
      const first = begin({ ...broker, submit: () => new Promise(() => undefined) });
      await send(first, order('A-1', 'buy', 1));
      first.kill();
      const second = begin();
      expect(await second.desk.submit(order('A-1', 'buy', 1))).toBe(false);
      await second.runUntil(() => stateOf(second, 'A-1') === 'rejected');
      expect(bench.accepted()).toEqual([]);
      await expectSame(second, 0);
    });

    test('killed between request and answer: what came of it is taken over', async () => {
      const first = begin(faulty(({ what }) => (what === 'event' ? 'lost' : 'none')));
      await send(first, order('A-1', 'buy', 2));
      first.kill();
      await bench.pass(100);
      await until(bench, () => bench.accepted().length > 0);
      const second = begin();
      expect(await second.desk.submit(order('A-1', 'buy', 2))).toBe(false);
      await expectSame(second, 2);
      expect(stateOf(second, 'A-1')).toBe('filled');
      expect(bench.accepted()).toEqual(['A-1']);
    });

    test('killed between answer and report: the fills of meanwhile count', async () => {
      const first = begin(faulty(({ what }) => (what === 'event' ? 'lost' : 'none')));
      await send(first, order('A-1', 'buy', 1, limit(20_000)));
      await first.runUntil(() => stateOf(first, 'A-1') === 'accepted');
      first.kill();
      await quote(bench, 19_999, 19_999.25);
      const second = begin();
      await second.runUntil(() => stateOf(second, 'A-1') === 'filled');
      await expectSame(second, 1);
    });

    test.each(['first', 'second', 'third'])(
      'whatever is lost, doubled, late or killed: one order an intent, and the position is the fold over its fills (%s)',
      async (seed) => {
        const faults: readonly Fault[] = ['none', 'none', 'lost', 'replyLost', 'twice', 'late'];
        const rng = createRng(seed);
        const draw = (n: number): number => Math.floor(rng.uniform() * n);
        let isFaulty = true;
        const troubled = (): Broker =>
          faulty(({ what }) => {
            const fault = isFaulty ? faults[draw(faults.length)]! : 'none';
            // A submission that is doubled on its way is the broker's to refuse; other faults of calls are those of answers.
            return fault === 'late' && what !== 'event' ? 'none' : fault;
          });
        let life = begin(troubled());
        for (let i = 0; i < 40; i++) {
          const id = `A-${i}`;
          await quote(bench, 20_000, 20_000.25, 1 + draw(3), 1 + draw(3));
          const side = draw(2) === 0 ? 'buy' : 'sell';
          await life.desk.submit(order(id, side, 1 + draw(2), draw(3) === 0 ? limit(side === 'buy' ? 20_000 : 20_000.25) : {}));
          if (draw(3) === 0) life.desk.cancel(id);
          for (let turn = draw(4); turn > 0; turn--) {
            life.desk.tick();
            await bench.pass(draw(4000));
          }
          if (draw(6) > 0) continue;
          life.kill();
          life = begin(troubled());
        }
        isFaulty = false;
        life.kill();
        life = begin();
        await life.runUntil(() => life.desk.reconciled() === 'same');
        for (const { order: one, progress } of life.history().orders)
          if (progress.state === 'accepted' || progress.state === 'partiallyFilled') life.desk.cancel(one.id);
        await life.runUntil(() =>
          life.history().orders.every(({ progress }) => ['filled', 'canceled', 'rejected', 'expired'].includes(progress.state)),
        );
        await life.runUntil(() => life.desk.reconciled() === 'same');
        await expectSame(life, held(life));
        const { fills } = await snapshot();
        expect(fills.reduce((sum, { report }) => sum + (report.side === 'buy' ? report.lots : -report.lots), 0)).toBe(held(life));
        expect(bench.accepted().length).toBeGreaterThan(10);
      },
    );
  });
}
