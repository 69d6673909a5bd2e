import { expect, test } from 'vitest';
import { bars, contextOf, options, type Params, table, task } from '../../../tests/fixtures/trading-task.ts';
import { rowsOf } from '../env/market.ts';
import { normalisedMarket, observationNormalisation, rawMarket } from './market-data.ts';
import { variedOptions } from './vary.ts';
import { shuffled, withheldColumns } from './withhold.ts';

const raw = rawMarket(table, 'dual-ticker@2');
const train = { from: 0, to: 6 };
const whole = normalisedMarket(raw, train).market;
const width = whole.featuresPerAsset * 2;
const names = raw.features(rowsOf(bars, train)).names;
const column = (features: Float32Array, index: number): number[] =>
  Array.from({ length: features.length / width }, (_, row) => features[row * width + index]!);

test('names stand for the features of every symbol, with * for any characters', () => {
  const named = (...features: string[]) => withheldColumns({ features }, names).map((index) => names[index]);
  expect(named('spread')).toEqual(names.filter((name) => name.endsWith('.spread')));
  expect(named('*olatility*')).toHaveLength(4);
  expect(() => named('spraed')).toThrow(/no feature is named spraed/);
});

test('a withheld feature is 0 for the agent and in its saved policy; all others stay as they are', () => {
  const { market, normaliser } = normalisedMarket(raw, train, { features: ['momentum'], how: 'zero' });
  const hidden = withheldColumns({ features: ['momentum'] }, names);
  for (let index = 0; index < width; index++)
    expect(column(market.features, index)).toEqual(
      hidden.includes(index) ? column(market.features, index).map(() => 0) : column(whole.features, index),
    );
  const { limit } = observationNormalisation(normaliser, 2);
  // The limit of a feature in an observation, where each asset's position follows its features.
  for (const index of hidden) expect(limit![index + Math.floor(index / whole.featuresPerAsset)]).toBe(0);
});

test('shuffled values are those of the same minute of other sessions, of the training part apart from the rest', () => {
  const how = 'shuffle' as const;
  const { market } = normalisedMarket(raw, train, { features: ['momentum'], how });
  const [index] = withheldColumns({ features: ['momentum'] }, names);
  const { to } = rowsOf(bars, train);
  const own = column(raw.features(rowsOf(bars, train)).values, index!);
  const moved = column(normalisedMarket(raw, train, { features: ['momentum'], how }).unnormalised.features, index!);
  expect(moved.filter((value, row) => value !== own[row]).length).toBeGreaterThan(moved.length / 2);
  const minuteOf = (row: number) => (bars.time[row]! - bars.calendar.sessionAt(bars.time[row]!)!.openMs) / 60_000;
  const sorted = (values: number[], minute: number, inTraining: boolean) =>
    values.filter((_, row) => minuteOf(row) === minute && row < to === inTraining && row >= whole.firstRow).sort((a, b) => a - b);
  for (const minute of [0, 100, 389])
    for (const inTraining of [true, false]) expect(sorted(moved, minute, inTraining)).toEqual(sorted(own, minute, inTraining));
  expect(column(market.features, index! + 1)).toEqual(column(whole.features, index! + 1));
});

test('no shuffled row keeps its values: each of a session among few others comes from one of them', () => {
  const sessions = bars.session.at(-1)! + 1;
  const late = { from: 0, to: sessions - 2 };
  const features = raw.features(rowsOf(bars, late));
  const columns = names.map((_, index) => index);
  // Values that tell the session that they come from.
  const marked = { ...features, values: Float32Array.from(features.values, (_, i) => bars.session[Math.floor(i / width)]!) };
  const { values } = shuffled(marked, columns, bars, late);
  for (const row of bars.time.keys()) if (row >= features.warmUpBars) expect(values[row * width]).not.toBe(bars.session[row]);
  for (const to of [1, sessions - 1]) expect(() => shuffled(marked, columns, bars, { from: 0, to })).toThrow(/single session/);
});

test('a fold is evaluated under varied settings, the same ones giving the same result', async () => {
  const [fold] = await task.walkForward.plan(contextOf());
  const context = { ...contextOf(), seed: 1 };
  const evaluate = (settings: Parameters<NonNullable<typeof task.walkForward.vary>>[0]) =>
    task.walkForward.vary!(settings).evaluate(context, fold!);
  const plain = await task.walkForward.evaluate(context, fold!);
  expect((await evaluate({})).dailyReturns).toEqual(plain.dailyReturns);
  const dear = await evaluate({ 'environment.costs.transactionBp': 20 });
  expect(dear.friction.transactionBp).toBe(20);
  expect(dear.dailyReturns).not.toEqual(plain.dailyReturns);
  expect((await evaluate({ withhold: { features: ['*'] } })).dailyReturns).not.toEqual(plain.dailyReturns);
});

test('what is unknown, invalid or would change the folds is refused by name', () => {
  const vary = (settings: Record<string, never>) => () => variedOptions<Params>(options, settings);
  expect(vary({ 'environment.colour': 1 as never })).toThrow(/environment.colour/);
  expect(vary({ 'environment.costs.transactionBp': -1 as never })).toThrow(/environment.costs.transactionBp/);
  expect(vary({ 'sessions.folds': 3 as never })).toThrow(/sessions.folds cannot be varied/);
  expect(vary({ dataset: 'other' as never })).toThrow(/dataset cannot be varied/);
  expect(vary({ agent: {} as never })).toThrow(/agent has several settings/);
  expect(vary({ '__proto__.x': 1 as never })).toThrow(/no name of a setting/);
});

test('settings of the agent and the reward go before those of the study', () => {
  const varied = variedOptions(tradingTaskOptions, {
    'agent.learningRate': 0.5,
    'reward.lambdaTurnover': 0,
    'reward.shaping.winBonus': 0.1,
  });
  expect(varied.agent({})).toMatchObject({ learningRate: 0.5, hidden: [8] });
  expect(varied.reward({})).toEqual({ lambdaTurnover: 0, betaVolatility: 1, shaping: { winBonus: 0.1, cap: 0.02 } });
});

const tradingTaskOptions = {
  ...options,
  agent: () => ({ learningRate: 0.1, hidden: [8] }),
  reward: () => ({ lambdaTurnover: 1, betaVolatility: 1, shaping: { cap: 0.02 } }),
};
