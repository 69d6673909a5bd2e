import { rangesOf } from '../../features/training-rows.ts';
import { alignedBars } from '../../market/bars.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf, presetFor } from '../../market/synthetic/presets.ts';
import type { SessionParts, SessionRange } from '../env/market.ts';
import type { Curriculum } from '../training/options.ts';
import type { TrainingPhase } from '../training/train-agent.ts';
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
    return { steps, open };
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

function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | null = null;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
