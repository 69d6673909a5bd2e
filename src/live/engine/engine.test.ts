import { describe, expect, test } from 'vitest';
import { bodies } from '../../../tests/fixtures/live/bodies.ts';
import { futureBars, futureEnvironment, futureTerms } from '../../../tests/fixtures/live/contracts.ts';
import { rememberingPolicy } from '../../../tests/fixtures/live/policies.ts';
import { wideLimits } from '../../../tests/fixtures/live/wide-limits.ts';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { barFlow } from '../../features/bar-flow/index.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import type { FeatureSet } from '../../features/feature-set.ts';
import { type EnvironmentConfig, environmentDefaults } from '../../trading/env/options.ts';
import { createEngine, type Engine, type EngineConfig } from './engine.ts';
import type { Effect, EngineEvent } from './events.ts';
import { readState, stateText } from './state-text.ts';

const bars = noiseBars({ sessions: 6, barsPerSession: 70, seed: 2 });
const policy = rememberingPolicy(4, 2, 'session');

const configOf = (more: Partial<EngineConfig> = {}): EngineConfig => ({
  run: 'test',
  symbols: bars.symbols,
  barMs: bars.barMs,
  calendar: bars.calendar,
  closingAuction: false,
  instruments: [null, null],
  features: bodies,
  fitted: null,
  environment: environmentDefaults,
  memory: policy.memory,
  decideFromMs: 0,
  beginsAt: 'origin',
  graceMs: 2000,
  account: { kind: 'environment' },
  ...more,
});

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const endOf = (row: number): number => bars.time[row]! + bars.barMs;

function barOf(row: number, k: number, atMs = endOf(row)): EngineEvent {
  const { open, high, low, close, volume } = bars.bars[k]!;
  const bar = { open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]! };
  return { kind: 'bar', time: ns(atMs), symbol: bars.symbols[k]!, startMs: bars.time[row]!, bar };
}

/** Gives an event, answers what the engine asks, and returns everything that it wanted. */
function give(engine: Engine, event: EngineEvent, answer = policy.engine): readonly Effect[] {
  const wanted: Effect[] = [];
  const effects = [...engine.take(event)];
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
    wanted.push(effect);
    if (effect.kind !== 'decide') continue;
    const { action, memory } = answer(effect.observation, effect.memory) as { action: Float32Array; memory: Float32Array };
    effects.unshift(...engine.take({ kind: 'decided', time: event.time, action, memory }));
  }
  return wanted;
}

/** Both symbols' bars of some rows, each at its end. */
const rowsOf = (from: number, to: number): EngineEvent[] =>
  Array.from({ length: to - from }, (_, i) => [barOf(from + i, 0), barOf(from + i, 1)]).flat();

const decisionsIn = (effects: readonly Effect[]): readonly number[] =>
  effects.flatMap((effect) => (effect.kind === 'decide' ? [effect.barEndMs] : []));

describe('an interval', () => {
  const warm = (): Engine => {
    const engine = createEngine(configOf());
    for (const event of rowsOf(0, 5)) give(engine, event);
    return engine;
  };

  test('is complete with the last symbol of it, whichever that is, and decided at its end whenever it arrives', () => {
    const [first, second] = [warm(), warm()];
    expect(decisionsIn(give(first, barOf(5, 0)))).toEqual([]);
    expect(decisionsIn(give(first, barOf(5, 1)))).toEqual([endOf(5)]);
    give(second, barOf(5, 1, endOf(5) + 40));
    expect(decisionsIn(give(second, barOf(5, 0, endOf(5) + 900)))).toEqual([endOf(5)]);
    expect(second.save()).toEqual(first.save());
  });

  test('is never complete before its end', () => {
    const engine = warm();
    give(engine, barOf(5, 0, endOf(5) - 30));
    const early = give(engine, barOf(5, 1, endOf(5) - 20));
    expect(decisionsIn(early)).toEqual([]);
    expect(early).toEqual([{ kind: 'timer', at: ns(endOf(5)), key: 'bar' }]);
    expect(decisionsIn(give(engine, { kind: 'timer', time: ns(endOf(5)), key: 'bar' }))).toEqual([endOf(5)]);
  });

  const lacking: readonly (readonly [string, EngineEvent])[] = [
    ['the feed says that it is over', { kind: 'intervalEnd', time: ns(endOf(5)), endMs: endOf(5) }],
    ['a later one begins', barOf(6, 0)],
    ['its end and the grace have passed', { kind: 'timer', time: ns(endOf(5) + 2000), key: 'bar' }],
  ];
  test.each(lacking)('that lacks a symbol is nobody’s decision once %s, and what comes later is late', (_, event) => {
    const engine = warm();
    give(engine, barOf(5, 0));
    expect(decisionsIn(give(engine, event))).toEqual([]);
    expect(decisionsIn(give(engine, barOf(5, 1, endOf(6))))).toEqual([]);
    expect(engine.save().gate).toMatchObject({ late: 1, dropped: 1 });
    // It goes on with the next whole one.
    give(engine, barOf(6, 0));
    expect(decisionsIn(give(engine, barOf(6, 1)))).toEqual([endOf(6)]);
  });

  test('waits for the grace: a timer before it decides nothing', () => {
    const engine = warm();
    expect(give(engine, barOf(5, 0))).toEqual([{ kind: 'timer', at: ns(endOf(5) + 2000), key: 'bar' }]);
    give(engine, { kind: 'timer', time: ns(endOf(5) + 1999), key: 'bar' });
    expect(decisionsIn(give(engine, barOf(5, 1, endOf(5) + 1999)))).toEqual([endOf(5)]);
  });

  test('of which records were lost is not decided', () => {
    const engine = warm();
    give(engine, barOf(5, 0));
    expect(give(engine, { kind: 'gap', time: ns(endOf(5)) })).toMatchObject([{ kind: 'incident', code: 'gap' }]);
    expect(decisionsIn(give(engine, barOf(5, 1)))).toEqual([]);
  });
});

describe('features', () => {
  const decidedFrom = (features: FeatureSet, from: number, beginsAt: 'origin' | 'middle'): number | undefined => {
    const engine = createEngine(configOf({ features, beginsAt }));
    const idle = (observation: Float32Array) => ({ action: new Float32Array(2), memory: new Float32Array(observation.length > 0 ? 2 : 0) });
    for (let row = from; row < bars.time.length; row++) {
      give(engine, barOf(row, 0), idle);
      if (decisionsIn(give(engine, barOf(row, 1), idle)).length > 0) return row;
    }
    return undefined;
  };

  test('are used after the warm-up where the bars begin as in training, else only after the history that their set declares', () => {
    expect(decidedFrom(dualTicker, 0, 'origin')).toBe(dualTicker.warmUpBars(bars.barMs));
    expect(decidedFrom(dualTicker, 30, 'middle')).toBe(30 + dualTicker.history(bars.barMs).bars - 1);
    // The history must begin with a session: the next one starts at row 70.
    expect(barFlow.history(bars.barMs)).toEqual({ bars: 60, fromSessionStart: true });
    expect(decidedFrom(barFlow, 30, 'middle')).toBe(70 + 59);
    expect(decidedFrom(barFlow, 70, 'middle')).toBe(70 + 59);
  });

  test('that are not finite stop the engine: nothing is decided any more', () => {
    const engine = createEngine(configOf());
    for (const event of rowsOf(0, 5)) give(engine, event);
    const broken = barOf(5, 1);
    if (broken.kind !== 'bar') throw new Error('a bar');
    give(engine, barOf(5, 0));
    expect(give(engine, { ...broken, bar: { ...broken.bar, close: Number.NaN } })).toMatchObject([{ kind: 'incident', code: 'feature' }]);
    expect(rowsOf(6, 12).flatMap((event) => decisionsIn(give(engine, event)))).toEqual([]);
    expect(engine.save().stopped).toBe('feature');
  });

  test('so does an action that is none', () => {
    const engine = createEngine(configOf());
    const nan = () => ({ action: Float32Array.of(0, Number.NaN), memory: new Float32Array(2) });
    const wanted = rowsOf(0, 6).flatMap((event) => give(engine, event, nan));
    expect(wanted.filter(({ kind }) => kind === 'incident')).toMatchObject([{ code: 'action' }]);
    expect(decisionsIn(wanted)).toHaveLength(1);
  });
});

describe('an engine', () => {
  test('takes nothing before the answer that it asked for, and no answer that it did not', () => {
    const engine = createEngine(configOf());
    const answer: EngineEvent = { kind: 'decided', time: 0n, action: new Float32Array(2), memory: new Float32Array(2) };
    expect(() => engine.take(answer)).toThrow(/not asked for/);
    for (const event of rowsOf(0, 2)) give(engine, event);
    engine.take(barOf(2, 0));
    expect(engine.take(barOf(2, 1)).map(({ kind }) => kind)).toEqual(['decide']);
    expect(() => engine.take(barOf(3, 0))).toThrow(/before the policy's answer/);
    expect(() => engine.save()).toThrow(/before an answer/);
  });

  const kinds: readonly (readonly [string, EngineConfig, typeof bars])[] = [
    ['the account of the environment', configOf(), bars],
    [
      'orders',
      configOf({
        symbols: futureBars.symbols,
        calendar: futureBars.calendar,
        instruments: [null],
        environment: futureEnvironment,
        memory: { size: 1, reach: 'session' },
        account: { kind: 'orders', terms: futureTerms, matching: 'bars', flattenMs: 0, rollSessions: 5, limits: wideLimits },
      }),
      futureBars,
    ],
  ];
  test.each(kinds)('goes on with the same bits from its saved state, after every event, with %s', (_, config, on) => {
    const answers = rememberingPolicy(2 * on.symbols.length, on.symbols.length, 'session').engine;
    const straight = createEngine(config);
    let restarted = createEngine(config);
    let decisions = 0;
    for (let row = 0; row < on.time.length; row++)
      for (const [k, symbol] of on.symbols.entries()) {
        const { open, high, low, close, volume } = on.bars[k]!;
        // A future is rolled where a session begins.
        const contract = config.account.kind === 'orders' ? { contract: row < 120 ? 'MNQH4' : 'MNQM4' } : {};
        const bar = { open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]!, ...contract };
        const event: EngineEvent = { kind: 'bar', time: ns(on.time[row]! + on.barMs), symbol, startMs: on.time[row]!, bar };
        const wanted = give(straight, event, answers);
        expect(give(restarted, event, answers), `row ${row}`).toEqual(wanted);
        restarted = createEngine(config, readState(stateText(restarted.save())));
        decisions += decisionsIn(wanted).length;
        // Each order is filled at once, at the bar's close: enough to move the books.
        for (const effect of wanted) {
          if (effect.kind !== 'submit') continue;
          const { id, symbol: traded, side, lots } = effect.order;
          const filled = {
            executionId: `${id}/1`,
            symbol: traded,
            side,
            lots,
            priceTicks: close[row]! / 0.25,
            feeMicros: 570_000,
          } as const;
          const report: EngineEvent = {
            kind: 'order',
            time: event.time,
            event: { time: event.time, seenAt: event.time, orderId: id, report: { kind: 'fill', liquidity: 'taker', ...filled } },
          };
          for (const engine of [straight, restarted]) give(engine, report);
        }
      }
    expect(decisions).toBeGreaterThan(200);
  });

  test('with orders counts what is under way: it orders the difference to that, not the whole again', () => {
    const wanted: (readonly [string, number])[] = [];
    const engine = createEngine({ ...kinds[1]![1], memory: { size: 0, reach: 'none' } });
    const targets = [1, 1, 0.5, -1];
    let asked = 0;
    const answer = () => ({ action: Float32Array.of(targets[Math.min(asked++, 3)]!), memory: new Float32Array(0) });
    for (let row = 0; row < 6; row++) {
      const { open, high, low, close, volume } = futureBars.bars[0]!;
      const bar = { open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]! };
      const startMs = futureBars.time[row]!;
      const event: EngineEvent = { kind: 'bar', time: ns(startMs + futureBars.barMs), symbol: futureBars.symbols[0]!, startMs, bar };
      for (const effect of give(engine, event, answer)) {
        if (effect.kind !== 'submit') continue;
        wanted.push([effect.order.side, effect.order.lots]);
        const { time } = event;
        give(engine, { kind: 'order', time, event: { time, seenAt: time, orderId: effect.order.id, report: { kind: 'accepted' } } });
      }
    }
    // Twice 100,000 dollars in contracts of some 35,200 are 5.68: 6, then 3, then 6 the other way.
    expect(wanted).toEqual([
      ['buy', 6],
      ['sell', 3],
      ['sell', 9],
    ]);
  });

  test('with orders refuses rules that a broker cannot follow', () => {
    const withOrders = (environment: EnvironmentConfig) => () =>
      createEngine(
        configOf({
          environment,
          account: { kind: 'orders', terms: futureTerms, matching: 'bars', flattenMs: 0, rollSessions: 5, limits: wideLimits },
        }),
      );
    expect(withOrders(environmentDefaults)).toThrow(expect.objectContaining({ code: 'config_invalid', place: 'environment.sizing' }));
    expect(withOrders({ ...futureEnvironment, latencyBars: 1 })).toThrow(expect.objectContaining({ place: 'environment.latencyBars' }));
    expect(withOrders({ ...futureEnvironment, overnight: 'hold' })).toThrow(expect.objectContaining({ place: 'environment.overnight' }));
  });
});
