import { createRng } from '../../../src/core/rng.ts';
import type { Sampler } from '../../../src/search/samplers/sampler.ts';
import type { CompiledSpace } from '../../../src/search/space/compile.ts';
import type { FlatParams } from '../../../src/search/space/param.ts';
import type { Direction, EarlierStudy, Observation } from '../../../src/search/trial/history.ts';

/** A test function of a trial's params and number, which the noise is drawn by. */
export type NumberedObjective = (params: FlatParams, number: number) => number;

export interface SearchRun {
  /** The best value among the first n finished trials, at n - 1. */
  readonly best: Float64Array;
  /** Complete trials in the order in which they finished. */
  readonly trials: readonly Observation[];
  /** Processor time of each ask in milliseconds. */
  readonly askMs: Float64Array;
}

/** Runs one study. With n workers, n trials are always running and a random one finishes next, as if trials had different lengths. */
export function runSearch(
  { space, objective, direction }: { readonly space: CompiledSpace; readonly objective: NumberedObjective; readonly direction: Direction },
  sampler: Sampler,
  {
    seed,
    trials,
    workers,
    earlier,
  }: { readonly seed: number; readonly trials: number; readonly workers: number; readonly earlier?: readonly EarlierStudy[] },
): SearchRun {
  const observations: Observation[] = [];
  const running: number[] = [];
  const order = createRng(`order ${seed}`);
  const best = new Float64Array(trials);
  const ended: Observation[] = [];
  const askMs = new Float64Array(trials);
  let finished = 0;
  let soFar = Number.POSITIVE_INFINITY;
  for (let number = 0; finished < trials; ) {
    if (running.length < workers && number < trials) {
      const before = process.cpuUsage();
      const params = sampler.suggest(
        space,
        { direction, observations, next: number, seed, ...(earlier !== undefined && { earlier }) },
        createRng(`${seed}/${number}`),
      );
      const used = process.cpuUsage(before);
      askMs[number] = (used.user + used.system) / 1000;
      observations.push({ state: 'running', number, params });
      running.push(number++);
      continue;
    }
    const [done] = running.splice(order.int(running.length), 1);
    const { params } = observations[done!]!;
    const value = objective(params, done!);
    const trial: Observation = { state: 'complete', number: done!, params, value };
    observations[done!] = trial;
    ended.push(trial);
    soFar = Math.min(soFar, direction === 'minimize' ? value : -value);
    best[finished++] = direction === 'minimize' ? soFar : -soFar;
  }
  return { best, trials: ended, askMs };
}
