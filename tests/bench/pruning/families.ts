import type { Rng } from '../../../src/core/rng.ts';
import type { Direction } from '../../../src/search/trial/history.ts';

/** Reports of a trial at each step without pruning, and its final value. */
export interface LearningCurve {
  readonly values: readonly number[];
  readonly value: number;
}

/** A kind of training whose early reports predict the final value poorly. */
export interface Family {
  readonly name: string;
  readonly direction: Direction;
  readonly draw: (rng: Rng, steps: number) => LearningCurve;
}

/** Losses that fall to a floor; fast starts (a large learning rate) tend to end high. */
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

/** Returns that climb in an S-curve to a plateau, with noise as large as the spread of plateaus; one run in six collapses. */
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

/** Scores that stay flat until learning sets in, within the first three tenths of the steps; four runs in ten never learn. */
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

/** Families on which the goal is measured. */
export const families: readonly Family[] = [crossing, noisy, late];

/** Losses that fall like a power of time, to floors of different orders of magnitude. */
const powers: Family = {
  name: 'power laws',
  direction: 'minimize',
  draw: (rng, steps) => {
    const floor = Math.exp(0.5 * rng.normal() - 1);
    const exponent = 0.3 + 1.2 * rng.uniform();
    return follow(steps, rng, 0.005, (t) => floor + 1.5 * (50 * t) ** -exponent);
  },
};

/** Losses that fall; half of them rise again from some time on. */
const overfitting: Family = {
  name: 'overfitting',
  direction: 'minimize',
  draw: (rng, steps) => {
    const floor = 0.3 + 0.5 * rng.uniform();
    const rate = 4 + 10 * rng.uniform();
    const start = 0.3 + 0.7 * rng.uniform();
    const rise = rng.uniform() < 0.5 ? 0 : 0.6 * rng.uniform();
    return follow(steps, rng, 0.02, (t) => floor + (1.5 - floor) * Math.exp(-rate * t) + rise * Math.max(0, t - start));
  },
};

/** Losses that drop twice by different amounts, as when the learning rate is lowered. */
const staircase: Family = {
  name: 'staircase',
  direction: 'minimize',
  draw: (rng, steps) => {
    const level = 1 + 0.3 * rng.normal();
    const first = 0.3 * rng.uniform();
    const second = 0.3 * rng.uniform();
    const early = 0.3 + 0.1 * rng.uniform();
    const later = 0.6 + 0.1 * rng.uniform();
    return follow(steps, rng, 0.02, (t) => level - (t > early ? first : 0) - (t > later ? second : 0) + 0.8 * Math.exp(-8 * t));
  },
};

/** Random walks with a drift: later values are mostly chance. */
const wandering: Family = {
  name: 'wandering',
  direction: 'maximize',
  draw: (rng, steps) => {
    const drift = (2 * rng.normal()) / steps;
    let value = 0;
    const values = Array.from({ length: steps }, () => {
      value += drift + (0.3 * rng.normal()) / Math.sqrt(steps);
      return value;
    });
    return { values, value };
  },
};

/** Scores that rise to a plateau under noise of which every twentieth draw is eight times as large. */
const outliers: Family = {
  name: 'outliers',
  direction: 'maximize',
  draw: (rng, steps) => {
    const plateau = rng.normal();
    const rate = 3 + 12 * rng.uniform();
    const meanAt = (t: number): number => plateau * (1 - Math.exp(-rate * t));
    const noise = (): number => 0.4 * rng.normal() * (rng.uniform() < 0.05 ? 8 : 1);
    return { values: Array.from({ length: steps }, (_, i) => meanAt((i + 1) / steps) + noise()), value: meanAt(1) };
  },
};

/** Further families, to test whether results generalise. */
export const otherFamilies: readonly Family[] = [powers, overfitting, staircase, wandering, outliers];

/** Returns the curve with noise; its value is the last one without noise. */
function follow(steps: number, rng: Rng, noise: number, meanAt: (t: number) => number): LearningCurve {
  return { values: Array.from({ length: steps }, (_, i) => meanAt((i + 1) / steps) + noise * rng.normal()), value: meanAt(1) };
}
