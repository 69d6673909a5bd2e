import { createRng } from '../../../src/core/rng.ts';
import type { Sampler } from '../../../src/search/samplers/sampler.ts';
import type { CompiledSpace } from '../../../src/search/space/compile.ts';
import type { Direction, Observation } from '../../../src/search/trial/history.ts';
import type { Objective } from './objective.ts';

export interface SearchRun {
  /** The best value among the first n finished trials, at n - 1. */
  readonly best: Float64Array;
  /** Processor time of each ask in milliseconds. */
  readonly askMs: Float64Array;
}

/** Runs one study. With n workers, n trials are always running and a random one finishes next, as if trials had different lengths. */
export function runSearch(
  { space, objective, direction }: { readonly space: CompiledSpace; readonly objective: Objective; readonly direction: Direction },
  sampler: Sampler,
  { seed, trials, workers }: { readonly seed: number; readonly trials: number; readonly workers: number },
): SearchRun {
  const observations: Observation[] = [];
  const running: number[] = [];
  const order = createRng(`order ${seed}`);
  const best = new Float64Array(trials);
  const askMs = new Float64Array(trials);
  let finished = 0;
  let soFar = Number.POSITIVE_INFINITY;
  for (let number = 0; finished < trials; ) {
    if (running.length < workers && number < trials) {
      const before = process.cpuUsage();
      const params = sampler.suggest(space, { direction, observations, next: number, seed }, createRng(`${seed}/${number}`));
      const used = process.cpuUsage(before);
      askMs[number] = (used.user + used.system) / 1000;
      observations.push({ state: 'running', number, params });
      running.push(number++);
      continue;
    }
    const [done] = running.splice(order.int(running.length), 1);
    const { params } = observations[done!]!;
    const value = objective(params);
    observations[done!] = { state: 'complete', number: done!, params, value };
    soFar = Math.min(soFar, direction === 'minimize' ? value : -value);
    best[finished++] = direction === 'minimize' ? soFar : -soFar;
  }
  return { best, askMs };
}
