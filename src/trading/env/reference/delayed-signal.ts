import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

interface DelayedSignalOptions {
  /** Steps from a signal to the drift that it shows. */
  readonly delay?: number;
  /** Steps that a signal lasts, and the drift after it. */
  readonly length?: number;
  /** Drift per step, in standard deviations of the noise. */
  readonly drift?: number;
  readonly episodeSteps?: number;
}

/**
 * A price with a signal `delay` steps before it pays: signal[t] shows the direction of the drift after step t + delay. A signal is a run of
 * `length` equal signs, then zeros for `delay` steps. Observation [signal]: position and last return are hidden, since a policy without
 * memory could hold the signal in the position and follow the drift in the return. No costs; reward: position x next return. A policy that
 * remembers the signal earns length x drift per signal, one without memory nothing.
 */
export function delayedSignal(count: number, options: DelayedSignalOptions = {}): VectorEnv {
  const { delay = 40, length = 10, drift = 1, episodeSteps = 256 } = options;
  const period = delay + length;
  const signal = new Int8Array(count);
  /** Steps since the last signal began. */
  const age = new Int32Array(count);
  return vectorised(count, {
    observationSize: 1,
    actionSize: 1,
    episodeSteps,
    begin: (copy, rng) => {
      signal[copy] = 0;
      // Each episode begins after an empty signal at a random distance, so that the step number gives no information.
      age[copy] = length + rng.int(delay);
    },
    show: (copy, into, offset) => {
      into[offset] = age[copy]! < length ? signal[copy]! : 0;
    },
    advance: (copy, actions, offset, rng) => {
      const change = rng.normal() + (age[copy]! >= delay ? drift * signal[copy]! : 0);
      age[copy] = (age[copy]! + 1) % period;
      if (age[copy] === 0) signal[copy] = 2 * rng.int(2) - 1;
      return Math.min(Math.max(actions[offset]!, -1), 1) * change;
    },
  });
}

/** Mean reward per step of a policy that remembers the signal. */
export function delayedSignalEdge({ delay = 40, length = 10, drift = 1 }: DelayedSignalOptions = {}): number {
  return (length * drift) / (delay + length);
}
