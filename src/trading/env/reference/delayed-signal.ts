import type { VectorEnv } from '../env.ts';
import { vectorised } from './rules.ts';

interface DelayedSignalOptions {
  /** Steps from a signal to the drift that it shows. */
  readonly delay?: number;
  /** Steps that it lasts, and the drift after it. */
  readonly length?: number;
  /** Per step, in standard deviations of the news. */
  readonly drift?: number;
  readonly episodeSteps?: number;
}

/**
 * A price whose edge is seen `delay` steps before it pays: signal[t] shows which way the price drifts after step t + delay. A signal is
 * a run of `length` equal signs, then nothing for `delay` steps. Observation [signal]: neither the position nor the last return is
 * shown, for a policy without memory could remember by holding the one and follow the drift in the other. Costs nothing; reward:
 * position x next return. Who remembers the signal earns length x drift each; who does not, nothing.
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
      // Episodes begin after a signal that was none, each at another distance, so that the number of the step says nothing.
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

/** What remembering the signal earns a step, in the long run. */
export function delayedSignalEdge({ delay = 40, length = 10, drift = 1 }: DelayedSignalOptions = {}): number {
  return (length * drift) / (delay + length);
}
