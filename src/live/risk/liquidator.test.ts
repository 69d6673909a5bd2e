import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms, symbol } from '../../../tests/fixtures/live/mnq.ts';
import { factsOf, holding } from '../../../tests/fixtures/live/risk.ts';
import { checkOrder } from './check-order.ts';
import type { OpenLots } from './exposure.ts';
import { readLimits } from './limits.ts';
import { type BrokerSnapshot, type Liquidation, type LiquidationEffect, planLiquidation, startLiquidation } from './liquidator.ts';

const limits = readLimits();

/** What a broker does with one request: as asked, refuses it, does it and its answer is lost, or never hears of it. */
type Fate = 'done' | 'refused' | 'silent' | 'lost';

interface Order extends OpenLots {
  /** What the broker has of it; null: it never arrived. */
  readonly there: 'open' | 'ended' | null;
}

/** An account, its broker, and the messages between them. */
class World {
  position: number;
  theirs: number;
  orders: Order[];
  snapshot: BrokerSnapshot | null = null;
  liquidation: Liquidation = startLiquidation('r', ms(0));
  readonly effects: LiquidationEffect[] = [];
  readonly fates: Fate[];
  readonly fill: number;

  /** @param fill lots that the market takes of an order at once */
  constructor(position: number, orders: Order[], fates: readonly Fate[], fill = 99, theirs = position) {
    this.position = position;
    this.theirs = theirs;
    this.orders = orders;
    this.fates = [...fates];
    this.fill = fill;
  }

  open(): readonly OpenLots[] {
    return this.orders.filter(({ state }) => state !== 'canceled' && state !== 'rejected' && state !== 'filled');
  }

  set(id: string, more: Partial<Order>): void {
    this.orders = this.orders.map((one) => (one.id === id ? { ...one, ...more } : one));
  }

  /** Runs until it ends, at most so long. */
  run(forMs = 300_000, stepMs = 500): readonly string[] {
    for (let at = 0; at <= forMs && this.liquidation.outcome === 'running'; at += stepMs) {
      // Several looks at one instant: whatever an answer brings is looked at.
      for (let look = 0; look < 3; look++) {
        const view = { now: ms(at), books: holding(this.position), open: this.open(), broker: this.snapshot };
        const step = planLiquidation(this.liquidation, view, limits);
        expect(planLiquidation(this.liquidation, view, limits)).toEqual(step);
        this.liquidation = step.liquidation;
        for (const effect of step.effects) this.take(effect, at);
      }
    }
    return this.effects.flatMap((effect) => {
      if (effect.kind === 'timer' || effect.kind === 'snapshot') return [];
      if (effect.kind === 'submit') return [`${effect.order.side} ${effect.order.lots}`];
      return ['id' in effect ? `${effect.kind} ${effect.id}` : effect.kind];
    });
  }

  take(effect: LiquidationEffect, at: number): void {
    this.effects.push(effect);
    switch (effect.kind) {
      case 'submit': {
        const { id, side, lots } = effect.order;
        const facts = factsOf({
          now: ms(at),
          by: 'liquidator',
          state: 'halted',
          books: holding(this.position),
          open: this.open(),
          decision: null,
        });
        // Whatever it sends passes the checks: never more than what is held.
        expect(checkOrder(effect.order, facts, limits)).toEqual({ allow: true, purpose: 'liquidation' });
        expect(this.orders.some((one) => one.id === id)).toBe(false);
        const fate = this.fates.shift() ?? 'done';
        const order: Order = {
          id,
          symbol,
          side,
          leftLots: lots,
          state: 'submitted',
          there: fate === 'done' || fate === 'silent' ? 'open' : null,
        };
        this.orders.push(order);
        if (fate === 'refused') this.set(id, { state: 'rejected' });
        if (fate === 'done') {
          this.set(id, { state: 'accepted' });
          this.trade(id);
        }
        return;
      }
      case 'cancel': {
        const order = this.orders.find(({ id }) => id === effect.id);
        const fate = this.fates.shift() ?? 'done';
        if (fate === 'lost' || order?.there !== 'open') return;
        this.set(effect.id, fate === 'silent' ? { there: 'ended', state: 'pendingCancel' } : { there: 'ended', state: 'canceled' });
        return;
      }
      case 'lookUp': {
        const order = this.orders.find(({ id }) => id === effect.id)!;
        const fate = this.fates.shift() ?? 'done';
        if (fate === 'lost') return;
        if (order.there === 'open') {
          this.set(effect.id, { state: 'accepted' });
          this.trade(effect.id);
        } else this.set(effect.id, { state: order.there === null ? 'rejected' : 'canceled' });
        return;
      }
      case 'snapshot': {
        const fate = this.fates.shift() ?? 'done';
        if (fate === 'lost' || fate === 'silent') return;
        const openOrders = this.orders.filter(({ there }) => there === 'open').map(({ id }) => id);
        this.snapshot = { askedAt: ms(at), positions: { [symbol]: this.theirs }, openOrders };
        return;
      }
      case 'timer':
      case 'flat':
      case 'alarm':
    }
  }

  /** The market takes an order. */
  trade(id: string): void {
    const order = this.orders.find((one) => one.id === id)!;
    const lots = Math.min(order.leftLots, this.fill);
    const signed = order.side === 'buy' ? lots : -lots;
    this.position += signed;
    this.theirs += signed;
    const leftLots = order.leftLots - lots;
    this.set(id, leftLots === 0 ? { leftLots, state: 'filled', there: 'ended' } : { leftLots, state: 'partiallyFilled' });
  }
}

const resting = (id: string, side: 'buy' | 'sell', leftLots: number): Order => ({
  id,
  symbol,
  side,
  leftLots,
  state: 'accepted',
  there: 'open',
});

describe('the liquidator', () => {
  test('cancels, waits, sells what is left and believes the broker', () => {
    const world = new World(2, [resting('W', 'sell', 1)], []);
    expect(world.run()).toEqual(['cancel W', 'sell 2', 'flat']);
    expect(world.effects.filter(({ kind }) => kind === 'snapshot').length).toBeGreaterThanOrEqual(2);
  });

  test('is done where nothing is held, and only once the broker said so', () => {
    expect(new World(0, [], []).run()).toEqual(['flat']);
    expect(new World(0, [], ['lost', 'lost']).run()).toEqual(['flat']);
    expect(new World(0, [], new Array<Fate>(500).fill('lost')).run()).toEqual(['alarm']);
  });

  test('sells nothing while a cancel is not confirmed, and calls a person when none ever is', () => {
    const world = new World(1, [resting('W', 'sell', 1)], new Array<Fate>(500).fill('lost'));
    const said = world.run();
    expect(said.at(-1)).toBe('alarm');
    expect(new Set(said.slice(0, -1))).toEqual(new Set(['cancel W']));
    expect(world.position).toBe(1);
  });

  test('never sends an order again whose outcome is unknown: it looks it up', () => {
    // The snapshot, the order whose answer is lost, a look-up that is lost, one that finds it filled.
    expect(new World(-1, [], ['done', 'silent', 'lost', 'done']).run()).toMatchObject([
      'buy 1',
      expect.stringMatching(/^lookUp A-/),
      expect.stringMatching(/^lookUp A-/),
      'flat',
    ]);
  });

  test('tries three times and calls a person', () => {
    // A snapshot that is refused is one all the same.
    expect(new World(1, [], new Array<Fate>(500).fill('refused')).run()).toEqual(['sell 1', 'sell 1', 'sell 1', 'alarm']);
    // Two of the snapshots in between were asked for too early to count.
    expect(new World(1, [], ['done', 'refused', 'done', 'done', 'refused']).run()).toEqual(['sell 1', 'sell 1', 'sell 1', 'flat']);
  });

  test('never trades on a position that the broker sees otherwise', () => {
    expect(new World(1, [], [], 99, 2).run()).toEqual(['alarm']);
    expect(new World(0, [], [], 99, 1).run()).toEqual(['alarm']);
  });

  test('cancels what only the broker knows', () => {
    const world = new World(0, [{ ...resting('F', 'buy', 1), state: 'canceled' }], []);
    expect(world.run()).toEqual(['cancel F', 'flat']);
  });

  test('cancels an order of its own that is not filled, and sells the rest', () => {
    const said = new World(3, [], [], 1).run();
    expect(said.map((one) => one.replace(/ A-.*/, ''))).toEqual(['sell 3', 'cancel', 'sell 2', 'cancel', 'sell 1', 'flat']);
  });

  test('asks for one timer at a time', () => {
    const world = new World(1, [resting('W', 'sell', 1)], new Array<Fate>(500).fill('lost'));
    world.run();
    const due = world.effects.flatMap((effect) => (effect.kind === 'timer' ? [effect.at] : []));
    expect(new Set(due).size).toBe(due.length);
  });

  test('whatever is lost, it ends flat or calls a person, and never turns or raises a position', () => {
    const fate = fc.constantFrom<Fate>('done', 'done', 'refused', 'silent', 'lost');
    let flat = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: -4, max: 4 }),
        fc.array(fate, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(2),
        (position, fates, fill, n) => {
          const orders = Array.from({ length: n }, (_, i) => resting(`W${i}`, i === 0 ? 'buy' : 'sell', 1));
          const world = new World(position, orders, fates, fill);
          world.run();
          expect(world.liquidation.outcome).not.toBe('running');
          expect(Math.abs(world.position)).toBeLessThanOrEqual(Math.abs(position));
          expect(world.position * position).toBeGreaterThanOrEqual(0);
          if (world.liquidation.outcome !== 'flat') return;
          flat++;
          expect([world.position, world.theirs, world.open()]).toEqual([0, 0, []]);
        },
      ),
      { numRuns: 150 },
    );
    expect(flat).toBeGreaterThan(30);
  });
});
