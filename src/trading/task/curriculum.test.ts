import { expect, test } from 'vitest';
import { contextOf, options, type Params, table } from '../../../tests/fixtures/trading-task.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets, presetFor } from '../../market/synthetic/presets.ts';
import { curriculumOf } from './curriculum.ts';
import { marketFrom, rawMarket } from './market-data.ts';
import { filled } from './options.ts';
import { tradingTask } from './task.ts';
import { type Withheld, withheldColumns } from './withhold.ts';

const train = { from: 1, to: 7 };
const phases = [
  { market: 'trend', steps: 40, sessions: 2 },
  { market: 'shock', steps: 60, sessions: 3 },
] as const;

test("the first source's curriculum is 15,000 steps each of trend, chop and shock", () => {
  const { training } = filled({
    ...options,
    training: { ...options.training, phases: [{ market: 'trend' }, { market: 'chop' }, { market: 'shock' }] },
  });
  expect(training.phases!.map(({ market, steps }) => [market, steps])).toEqual([
    ['trend', 15_000],
    ['chop', 15_000],
    ['shock', 15_000],
  ]);
});

test('a phase is a generated market of the symbols and first prices of the training part, made once', () => {
  const raw = rawMarket(table, 'dual-ticker@2');
  const [first, second] = curriculumOf([...phases], raw, train, undefined);
  const { market, range } = first!.open();
  expect(first!.open().market).toBe(market);
  expect(curriculumOf([...phases], raw, train, undefined)[0]!.open().market).toBe(market);
  expect([first!.steps, range, second!.open().range]).toEqual([40, { from: 0, to: 2 }, { from: 0, to: 3 }]);
  expect(market.bars.symbols).toEqual(raw.bars.symbols);
  const row = raw.bars.session.indexOf(train.from);
  expect(market.bars.bars.map(({ open }) => open[0])).toEqual(raw.bars.bars.map(({ close }) => close[row]));
  expect(market.featuresPerAsset).toBe(12);
  // Normalised by itself: no wider than the clip, and centred.
  expect(Math.max(...market.features)).toBeLessThanOrEqual(5);
});

test('what is withheld of the real bars is withheld in the phases; the other features stay', () => {
  const raw = rawMarket(table, 'dual-ticker@2');
  const marketOf = (withhold?: Withheld) => curriculumOf([...phases], raw, train, withhold)[0]!.open().market;
  const whole = marketOf().features;
  const names = raw.features({ from: 0, to: 1 }).names;
  const hidden = withheldColumns({ features: ['momentum'] }, names);
  for (const how of ['zero', 'shuffle'] as const) {
    const own = marketOf({ features: ['momentum'], how }).features;
    const differing = new Set([...own].flatMap((value, i) => (Object.is(value, whole[i]) ? [] : [i % names.length])));
    expect([...differing].sort((a, b) => a - b)).toEqual(hidden);
    if (how === 'zero') expect(own.every((value, i) => !hidden.includes(i % names.length) || value === 0)).toBe(true);
  }
});

test('markets of one and of three symbols are generated like those of two', () => {
  const of = (symbols: readonly string[]) => generateMarket(presetFor(marketPresets.trend, symbols), 3, 2);
  expect(of(['NVDA', 'MSFT']).bars).toEqual(generateMarket(marketPresets.trend, 3, 2).bars);
  expect(of(['NVDA']).bars).toHaveLength(1);
  const three = of(['NVDA', 'MSFT', 'AMD']);
  expect(three.symbols).toEqual(['NVDA', 'MSFT', 'AMD']);
  expect(three.bars.map(({ open }) => open[0])).toEqual([240, 92, 240]);
  expect(three.bars[2]!.close).not.toEqual(three.bars[0]!.close);
});

test('a trial with a curriculum reports as one without, and learns otherwise', async () => {
  const reported: number[] = [];
  const report = (step: number) => Promise.resolve(void reported.push(step));
  const plain = await tradingTask<Params>({ ...options, reports: 1 }).objective(contextOf());
  const training = { ...options.training, phases: [...phases] };
  const { value, metrics } = await tradingTask<Params>({ ...options, training }).objective(contextOf({ report }));
  expect(reported).toEqual([4, 8, 12]);
  expect(value).not.toBe(plain.value);
  // What each phase was and taught stands with the trial.
  const figures = ['exposure', 'maxDrawdown', 'sharpeDaily', 'steps', 'totalReturn', 'updates'];
  for (const phase of ['phase1.trend', 'phase2.shock'])
    for (const name of figures) expect(metrics[`${phase}.${name}`]).toEqual(expect.any(Number));
  expect([metrics['phase1.trend.steps'], metrics['phase2.shock.steps']]).toEqual([40, 60]);
  expect(metrics['phase1.trend.exposure']).toBeGreaterThan(0);
  expect(Object.keys(plain.metrics).filter((name) => name.startsWith('phase'))).toEqual([]);
});

test('a feature set of columns that no generated market has is refused', () => {
  const raw = marketFrom(generateMarket(presetFor(marketPresets.trend, ['A']), 1, 8), 'phoenix-ofi@1');
  expect(() => curriculumOf([...phases], raw, train, undefined)[0]!.open()).toThrow(/phoenix-ofi@1/);
});
