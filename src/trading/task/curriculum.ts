import { rangesOf } from '../../features/training-rows.ts';
import { alignedBars } from '../../market/bars.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf, presetFor } from '../../market/synthetic/presets.ts';
import { maxDrawdown, totalReturn } from '../../validation/metrics.ts';
import { mean } from '../../validation/moments.ts';
import { dailyRatio } from '../../validation/paired.ts';
import type { Agent } from '../agents/agent.ts';
import { backtest } from '../env/backtest.ts';
import type { SessionParts, SessionRange } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import type { Curriculum } from '../training/options.ts';
import { exploiting, type TrainingPhase } from '../training/train-agent.ts';
import { marketFrom, normalisedMarket, type RawMarket } from './market-data.ts';
import type { Withheld } from './withhold.ts';

/** Generated markets of a data set, by phase: made once for all trials of a thread. */
const known = new WeakMap<RawMarket, Map<string, TrainingPhase['open']>>();

/**
 * The phases that come before the training on real bars: generated markets of one kind each, with the symbols, instruments and first prices
 * of the real training part, and the same features, normalised by themselves; what is withheld of the real bars is withheld of these. The same for every trial and seed.
 */
export function curriculumOf(
  phases: Curriculum,
  raw: RawMarket,
  train: SessionParts,
  withhold: Withheld | undefined,
): readonly TrainingPhase[] {
  return (phases ?? []).map(({ market, steps, sessions }, index) => {
    const ofMarket = known.get(raw) ?? new Map<string, TrainingPhase['open']>();
    known.set(raw, ofMarket);
    const [first] = rangesOf(train);
    const key = JSON.stringify([index, market, sessions, first!.from, withhold]);
    const open = ofMarket.get(key) ?? once(() => generated(raw, first!, withhold, { preset: market, index, sessions }));
    ofMarket.set(key, open);
    return { name: market, steps, open };
  });
}

function generated(
  raw: RawMarket,
  train: SessionRange,
  withhold: Withheld | undefined,
  { preset, index, sessions }: { readonly preset: string; readonly index: number; readonly sessions: number },
): ReturnType<TrainingPhase['open']> {
  const { bars, set } = raw;
  const first = bars.session.indexOf(train.from);
  const startPrices = bars.bars.map(({ close }) => close[first]!);
  const parameters = { ...presetFor(marketPresetOf(preset), bars.symbols), startPrices };
  const drawn = generateMarket(parameters, `curriculum/${index}`, sessions);
  const range = { from: 0, to: sessions };
  const like = alignedBars({ ...drawn, instruments: bars.instruments });
  return { market: normalisedMarket(marketFrom(like, set), range, withhold).market, range };
}

/** Sessions at the end of a phase's market that its figures are measured on: enough to tell whether it was learned, quick beside its training. */
const mostMeasured = 8;

/** What the agent earns, without exploration, at the end of the market of a phase that it has just ended: seen bars, so a lesson learned and no more. */
export async function phaseFigures(
  agent: Agent,
  { market, range }: ReturnType<TrainingPhase['open']>,
  environment: EnvironmentConfig,
): Promise<Readonly<Record<string, number>>> {
  const part = rangesOf(range).at(-1)!;
  const last = { from: Math.max(part.from, part.to - mostMeasured), to: part.to };
  const { dailyReturns, stepReturns, actions } = await backtest(market, last, environment, exploiting(agent, environment));
  return {
    sharpeDaily: dailyRatio(dailyReturns),
    totalReturn: totalReturn(stepReturns),
    maxDrawdown: maxDrawdown(stepReturns),
    exposure: mean(actions.map(Math.abs)),
  };
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | null = null;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
