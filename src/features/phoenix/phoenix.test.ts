import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../tests/fixtures/feature-columns.ts';
import { createRng } from '../../core/rng.ts';
import { type AlignedBars, alignedBars } from '../../market/bars.ts';
import { globexEquity } from '../../market/calendars/globex-equity.ts';
import { minuteMs } from '../../market/local-time.ts';
import { featureSetOf } from '../choice.ts';
import { createMemory } from '../memory.ts';
import { phoenixBase } from './base.ts';
import { fitOfiWeights } from './integrated-ofi.ts';
import { MinuteZscore } from './minute-zscore.ts';
import { phoenixOfi } from './ofi.ts';
import { persistenceOf } from './persistence.ts';

/** Bars of one Globex session from its open in the evening, with order flow of ten levels. */
function globexBars(rows: number): AlignedBars {
  const rng = createRng('globex');
  const { openMs } = globexEquity.sessionOf('2023-11-21')!;
  const close = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    close[row] = (row === 0 ? 16_000 : close[row - 1]!) * Math.exp((row % 200 < 100 ? 1e-4 : 6e-4) * rng.normal());
  const draw = (of: () => number) => Float64Array.from({ length: rows }, of);
  const common = draw(() => rng.normal());
  const flows = Array.from({ length: 10 }, (_, level) => common.map((x) => Math.round(100 * (level + 1) * (x + 0.3 * rng.normal()))));
  return alignedBars({
    symbols: ['NQ'],
    time: Float64Array.from({ length: rows }, (_, row) => openMs + row * minuteMs),
    session: new Float64Array(rows),
    bars: [
      {
        open: close,
        high: close.map((x) => x + 1 + rng.uniform()),
        low: close.map((x) => x - 1),
        close,
        volume: draw(() => rng.int(1000)),
      },
    ],
    columns: [
      {
        ...Object.fromEntries(flows.map((flow, level) => [level === 0 ? 'ofi' : `ofi${level + 1}`, flow])),
        depth10: draw(() => 2000),
        spread: draw(() => 1),
        microDev: draw(() => rng.uniform() - 0.5),
        microDevMean: draw(() => rng.uniform() - 0.5),
        liquidity: draw(() => rng.uniform()),
      },
    ],
    barMs: minuteMs,
    calendar: globexEquity,
  });
}

const regime = { randomStarts: 0, states: 2 };

describe('phoenix-base@1', () => {
  const bars = globexBars(1380);
  const training = { from: 0, to: 1380 };
  const of = (options: Parameters<typeof phoenixBase>[0]) => columnsOf(phoenixBase({ ...options, regime }), bars, training);

  test('has a distance from the regular session only from 09:30 New York on, with the volume since then', () => {
    const open = (9.5 + 6) * 60;
    const [, , all] = of({});
    const [, , regular] = of({ anchor: 'rth' });
    expect(regular!.subarray(0, open).every((x) => x === 0)).toBe(true);
    const { high, low, close, volume } = bars.bars[0]!;
    const rows = [open, open + 1, open + 2];
    const sum = (value: (row: number) => number) => rows.reduce((total, row) => total + value(row), 0);
    const vwap = sum((row) => ((high[row]! + low[row]! + close[row]!) / 3) * volume[row]!) / sum((row) => volume[row]!);
    expect(regular![open + 2]).toBeCloseTo(close[open + 2]! / vwap - 1, 12);
    expect(all![open - 1]).not.toBe(0);
  });

  test('has the time from the open or from midnight, and what is left of the session', () => {
    const [session, day] = [of({}), of({ clock: 'day', minutesToClose: true })];
    expect([session[4]![690], session[5]![690]]).toEqual([expect.closeTo(0, 12), expect.closeTo(-1, 12)]);
    // 18:00 New York is three quarters of the day.
    expect([day[4]![0], day[5]![0]]).toEqual([expect.closeTo(-1, 12), expect.closeTo(0, 12)]);
    expect([0, 1379].map((row) => day[6]![row])).toEqual([expect.closeTo(1379 / 1380, 12), 0]);
  });

  test('takes the logarithm of the volume where it is asked to', () => {
    const logs = { ...bars, bars: bars.bars.map((one) => ({ ...one, volume: one.volume.map(Math.log1p) })) };
    expect(of({ log1p: true })[0]).toEqual(columnsOf(phoenixBase({ regime }), logs, training)[0]);
  });

  test('names the options that differ from the defaults, and refuses unknown ones', () => {
    expect(phoenixBase({ clock: 'session' }).id).toBe('phoenix-base@1');
    expect(phoenixBase({ regime: { bars: 30 }, log1p: true }).id).toBe('phoenix-base@1{"log1p":true,"regime":{"bars":30}}');
    expect(featureSetOf(phoenixBase({ clock: 'day' }).id).id).toBe('phoenix-base@1{"clock":"day"}');
    for (const [options, says] of [
      [{ log: true }, 'log: unknown option'],
      [{ regime: { states: 1 } }, 'regime.states'],
      [{ zscore: { window: Number.NaN } }, 'zscore.window'],
      [{ zscore: { window: 20, minimum: 21 } }, 'zscore.minimum: more bars than the window has'],
    ] as const)
      expect(() => phoenixBase(options as object)).toThrow(
        expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(says) }),
      );
  });

  test('is refused for prices that have no logarithm, in the rows that it learns from and later', () => {
    for (const row of [100, 1000]) {
      const broken = { ...bars, bars: bars.bars.map((one) => ({ ...one, close: one.close.with(row, -1) })) };
      expect(() => columnsOf(phoenixBase({ regime }), broken, { from: 0, to: 900 })).toThrow(
        expect.objectContaining({ code: 'not_finite', message: 'an input of the regimes is NaN' }),
      );
    }
  });

  test('has no regimes where the range is the same up to rounding', () => {
    const close = bars.bars[0]!.close.map((_, row) => (row % 3 === 0 ? 64 : 128));
    const equal = { ...bars, bars: [{ open: close, high: close.map((x) => x + x / 64), low: close, close, volume: bars.bars[0]!.volume }] };
    expect(() => columnsOf(phoenixBase({ regime }), equal, training)).toThrow(/the range of NQ is constant in the training rows/);
  });

  test('is not computed without its fit', () => {
    const set = phoenixBase();
    const context = { symbols: ['NQ'], barMs: minuteMs, calendar: globexEquity, memory: createMemory() };
    expect(() => set.start(context, null)).toThrow(
      expect.objectContaining({ code: 'data_invalid', message: expect.stringContaining('not fitted') }),
    );
  });
});

describe('the volume of the same minute', () => {
  test('is compared over the last 20 sessions, from the fifth on', () => {
    const zscore = new MinuteZscore(createMemory(), minuteMs);
    const scores = Array.from({ length: 25 }, (_, session) => {
      zscore.next(1e6 * session, 6 * minuteMs);
      return zscore.next(session < 24 ? session % 2 : 1, 5 * minuteMs);
    });
    expect(scores.slice(0, 4)).toEqual([0, 0, 0, 0]);
    // 0, 1, 0, 1, 0: mean 0.4.
    expect(scores[4]).toBeCloseTo(-0.4 / Math.sqrt(0.24), 12);
    // Sessions 5 to 24: ten of 1 among 5 .. 23, and the last: eleven of twenty.
    expect(scores[24]).toBeCloseTo(0.45 / Math.sqrt(0.55 * 0.45), 12);
  });
});

describe('phoenix-ofi@1', () => {
  const bars = globexBars(400);
  const training = { from: 0, to: 300 };

  test('has eight scores, a regime of which one is on, and the time: 13 features', () => {
    const columns = columnsOf(phoenixOfi(), bars, training);
    expect(columns).toHaveLength(13);
    const posterior = columnsOf(phoenixOfi({ posterior: true }), bars, training);
    for (const row of [60, 200, 399]) {
      const [state, probabilities] = [columns, posterior].map((of) => [8, 9, 10].map((column) => of[column]![row]!));
      expect(state!.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
      expect(probabilities!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(probabilities!.indexOf(Math.max(...probabilities!))).toBe(state!.indexOf(1));
    }
    // A constant spread of one tick says nothing.
    expect(columns[6]!.every((z) => z === 0)).toBe(true);
  });

  test('is refused without order flow, naming the column, and with a value that is not finite', () => {
    const without = { ...bars, columns: [{ ofi: bars.columns[0]!['ofi']! }] };
    expect(() => columnsOf(phoenixOfi(), without, training)).toThrow(
      expect.objectContaining({
        code: 'data_invalid',
        message: 'phoenix-ofi@1 needs the column microDev, which NQ does not have',
        hint: expect.stringContaining('phoenix-base@1'),
      }),
    );
    const { ofi10: _, ...nine } = bars.columns[0]!;
    expect(() => columnsOf(phoenixOfi({ ofi: 'integrated', regime }), { ...bars, columns: [nine] }, training)).toThrow(
      expect.objectContaining({ code: 'data_invalid', message: expect.stringContaining('needs the column ofi10, which NQ does not have') }),
    );
    const broken = { ...bars, columns: [{ ...bars.columns[0]!, spread: bars.columns[0]!['spread']!.with(5, Number.NaN) }] };
    expect(() => columnsOf(phoenixOfi(), broken, training)).toThrow(/NQ\.spread is NaN in row 5/);
  });

  test('has a true range from the close before a session where that is asked for, but never from that of another contract', () => {
    const [one] = bars.bars;
    const jumped = (values: Float64Array): Float64Array => values.map((x, row) => (row < 200 ? x : 1.1 * x));
    const { open, high, low, close, volume } = one!;
    const higher = { open: jumped(open), high: jumped(high), low: jumped(low), close: jumped(close), volume };
    const next = Float64Array.from({ length: 400 }, (_, row) => (row < 200 ? 0 : 1));
    const previousOpen = new Float64Array(400).fill(Number.NaN);
    const rolled = { ...bars, bars: [higher], contracts: [{ names: ['NQZ3', 'NQH4'], index: next, previousOpen }] };
    const [gap, own] = [true, false].map((asked) => (of: AlignedBars) => columnsOf(phoenixOfi({ gap: asked, regime }), of, training)[7]!);
    expect(gap!(rolled)).toEqual(own!(rolled));
    const gapped = { ...bars, bars: [higher], session: next };
    expect(gap!(gapped)[200]).toBeGreaterThan(own!(gapped)[200]! + 3);
  });

  test('integrates ten levels by the first principal component of the training rows, which sum to 1 in size', () => {
    const { weights } = fitOfiWeights(bars, training)[0]!;
    expect(weights.reduce((sum, w) => sum + Math.abs(w), 0)).toBeCloseTo(1, 12);
    // All levels share one factor that grows with the level.
    for (const [level, weight] of weights.entries()) expect(weight / (level + 1)).toBeCloseTo(1 / 55, 2);
    // It is an eigenvector of the covariance.
    const scaled = weights.map((_, level) =>
      bars.columns[0]![level === 0 ? 'ofi' : `ofi${level + 1}`]!.subarray(0, 300).map((x) => x / 100),
    );
    const centred = scaled.map((column) => column.map((x) => x - column.reduce((sum, y) => sum + y, 0) / 300));
    const image = centred.map((a) => centred.reduce((sum, b, j) => sum + weights[j]! * a.reduce((dot, x, i) => dot + x * b[i]!, 0), 0));
    const ratios = image.map((x, i) => x / weights[i]!);
    for (const ratio of ratios) expect(ratio / ratios[0]!).toBeCloseTo(1, 9);
    const still = {
      ...bars,
      columns: [
        { ...bars.columns[0]!, ...Object.fromEntries(weights.map((_, i) => [i === 0 ? 'ofi' : `ofi${i + 1}`, new Float64Array(400)])) },
      ],
    };
    expect(() => fitOfiWeights(still, training)).toThrow(/constant in the training rows/);
  });
});

describe('persistence', () => {
  const readings = (reading: Parameters<typeof persistenceOf>[0], flows: readonly number[], sessions: readonly number[] = [0]) => {
    const persistence = persistenceOf(reading, createMemory());
    return flows.map((flow, t) => persistence.next(flow, sessions.includes(t)));
  };

  test('as a ratio of averages is 1 after one bar of buying, and begins anew with a session', () => {
    const decay = 0.1294494;
    const second = (decay * (1 - decay) * 3 - decay) / (decay * (1 - decay) * 3 + decay);
    expect(readings('ewma@1', [3, -1, -5], [0, 2])).toEqual([1, expect.closeTo(second, 6), -1]);
    expect(readings('ewma@1', [0, 0])).toEqual([0, 0]);
  });

  test('as a run counts bars of the same sign', () => {
    expect(readings('run@1', [3, 1, -2, -4, 0, 5, 6, 7], [0, 7])).toEqual([1, 2, -1, -2, 0, 1, 2, 1]);
  });

  test('as an autocorrelation has no direction', () => {
    const flows = [1, 2, 3, 2, 1, 0, 1, 2, 3, 2];
    const [last, mirrored] = [flows, flows.map((x) => -x)].map((all) => readings('acf1@1', all).at(-1)!);
    expect(
      readings('acf1@1', flows)
        .slice(0, 9)
        .every((x) => x === 0),
    ).toBe(true);
    expect(last).toBeGreaterThan(0.3);
    expect(mirrored).toBeCloseTo(last!, 12);
  });
});
