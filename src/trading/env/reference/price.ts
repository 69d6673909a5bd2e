import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

interface PriceOptions {
  /** Autocorrelation: share of a return that repeats in the next; 0 is a random walk, on which no policy can earn. */
  readonly persistence: number;
  /** Cost of the traded amount, in basis points. */
  readonly costBp?: number;
  readonly episodeSteps?: number;
}

/** Standard deviation of the noise of one step, in basis points. */
const newsBp = 10;

/**
 * A price whose returns are r[t+1] = persistence r[t] + noise, with an action that is the position in [-1, 1] for the next step.
 * Observation [r[t] / 10 bp, position]; reward, in units of 10 bp: position r[t+1] - cost |change of position|. The best policy holds the
 * sign of the last return and earns persistence * E|r| per step.
 */
function price(count: number, { persistence, costBp = 0, episodeSteps = 256 }: PriceOptions): VectorEnv {
  const last = new Float64Array(count);
  const position = new Float64Array(count);
  const spread = 1 / Math.sqrt(1 - persistence ** 2);
  return vectorised(count, {
    observationSize: 2,
    actionSize: 1,
    episodeSteps,
    begin: (copy, rng) => {
      last[copy] = spread * rng.normal();
      position[copy] = 0;
    },
    show: (copy, into, offset) => {
      into[offset] = last[copy]!;
      into[offset + 1] = position[copy]!;
    },
    advance: (copy, actions, offset, rng) => {
      const wanted = Math.min(Math.max(actions[offset]!, -1), 1);
      const cost = (costBp / newsBp) * Math.abs(wanted - position[copy]!);
      position[copy] = wanted;
      last[copy] = persistence * last[copy]! + rng.normal();
      return wanted * last[copy]! - cost;
    },
  });
}

/** A price with known momentum. */
export function predictablePrice(count: number, options: Partial<PriceOptions> = {}): VectorEnv {
  return price(count, { persistence: 0.5, ...options });
}

/** A random walk with costs: an agent that earns here has looked ahead. */
export function pureNoise(count: number, options: Omit<PriceOptions, 'persistence'> = {}): VectorEnv {
  return price(count, { costBp: 1, ...options, persistence: 0 });
}
