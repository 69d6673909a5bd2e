import type { Rng } from '../../../src/core/rng.ts';
import type { Direction } from '../../../src/search/trial/history.ts';

/** What a trial would report at each step if nobody stopped it, and what it is worth in the end. */
export interface LearningCurve {
  readonly values: readonly number[];
  readonly value: number;
}

/** A kind of training whose curves are hard to judge early, each in another way. */
export interface Family {
  readonly name: string;
  readonly direction: Direction;
  readonly draw: (rng: Rng, steps: number) => LearningCurve;
}

/** Losses that fall to their floor; what starts fast (a large learning rate) tends to end high. */
const crossing: Family = {
  name: 'crossing curves',
  direction: 'minimize',
  draw: (rng, steps) => {
    const speed = rng.uniform();
    const floor = 0.2 + 0.6 * rng.uniform() + 0.5 * speed;
    const rate = 2 + 10 * speed;
    return follow(steps, rng, 0.02, (t) => floor + (2 - floor) * Math.exp(-rate * t));
  },
};

/** Returns that climb in an S to a plateau, measured with as much noise as plateaus differ; one run in six collapses. */
const noisy: Family = {
  name: 'noisy returns',
  direction: 'maximize',
  draw: (rng, steps) => {
    const plateau = rng.normal();
    const middle = 0.05 + 0.25 * rng.uniform();
    const collapse = rng.uniform() < 1 / 6 ? 0.3 + 0.6 * rng.uniform() : Number.POSITIVE_INFINITY;
    return follow(steps, rng, 0.7, (t) => -3 + (plateau + 3) / (1 + Math.exp(-(t - middle) / 0.05)) - (t > collapse ? 3 : 0));
  },
};

/** Scores that lie flat until something clicks, some time in the first three tenths; four runs in ten never learn. */
const late: Family = {
  name: 'late bloomers',
  direction: 'maximize',
  draw: (rng, steps) => {
    const click = 0.05 + 0.25 * rng.uniform();
    const learns = rng.uniform() < 0.6;
    const height = learns ? 0.3 + 0.7 * rng.uniform() : 0.1 * rng.uniform();
    return follow(steps, rng, 0.02, (t) => (t < click ? 0.05 : height - (height - 0.05) * Math.exp(-(t - click) / 0.08)));
  },
};

export const families: readonly Family[] = [crossing, noisy, late];

/** The curve with noise; worth what it ends with without. */
function follow(steps: number, rng: Rng, noise: number, meanAt: (t: number) => number): LearningCurve {
  return { values: Array.from({ length: steps }, (_, i) => meanAt((i + 1) / steps) + noise * rng.normal()), value: meanAt(1) };
}
