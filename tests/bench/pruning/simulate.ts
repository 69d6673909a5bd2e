import type { Json } from '../../../src/core/json.ts';
import { createRng } from '../../../src/core/rng.ts';
import type { PeerCurve, Pruner } from '../../../src/search/pruners/pruner.ts';
import type { Family, LearningCurve } from './families.ts';

export interface SimulationOptions {
  readonly trials: number;
  readonly steps: number;
  /** Number of trials that run at once, a step each in turn. */
  readonly workers: number;
  readonly seed: number;
}

export interface Simulated {
  /** Steps spent on the trials, as a share of what they take without pruning. */
  readonly spent: number;
  /** Steps until a value as good as the unpruned study's best, as a share of the unpruned study's steps; Infinity if not within them. */
  readonly reached: number;
  /** True if the best trial was pruned, or is still paused at the end. */
  readonly lost: boolean;
}

interface RunningTrial {
  number: number;
  steps: number[];
  values: number[];
  note: Json;
  state: PeerCurve['state'];
  value: number;
  readonly curve: LearningCurve;
}

/** Runs the same trials with and without the pruner; if the best of them was lost, more trials follow until one is as good. */
export function simulate(family: Family, pruner: Pruner, { trials, steps, workers, seed }: SimulationOptions): Simulated {
  const sign = family.direction === 'minimize' ? 1 : -1;
  const rng = createRng(`${family.name}/${seed}`);
  const curveOf = (number: number): LearningCurve => family.draw(rng.fork(number), steps);
  const all = Array.from({ length: trials }, (_, number) => curveOf(number));
  const best = all.reduce((number, curve, other) => (sign * curve.value < sign * all[number]!.value ? other : number), 0);
  const budget = trials * steps;

  const known: RunningTrial[] = [];
  const running: RunningTrial[] = [];
  let spent = 0;
  let spentOnTrials = 0;
  let reached = Number.POSITIVE_INFINITY;
  while (spent < budget && (known.length < trials || running.length > 0 || !Number.isFinite(reached))) {
    const more = known.length < trials || !Number.isFinite(reached);
    while (running.length < workers) {
      const waiting = new Set(known.flatMap(({ state, number }) => (state === 'paused' ? [number] : [])));
      const advance = pruner.nextToAdvance?.(waiting, known, family.direction) ?? null;
      if (advance !== null) {
        const trial = known[advance.number]!;
        trial.state = 'running';
        trial.note = advance.note;
        running.push(trial);
        continue;
      }
      if (!more) break;
      const number = known.length;
      const curve = all[number] ?? curveOf(number);
      const trial: RunningTrial = { number, steps: [], values: [], note: null, state: 'running', value: 0, curve };
      known.push(trial);
      running.push(trial);
    }
    const trial = running.shift()!;
    const step = trial.steps.length;
    trial.steps.push(step);
    trial.values.push(trial.curve.values[step]!);
    spent++;
    if (trial.number < trials) spentOnTrials++;
    const decision = pruner.decide(
      trial,
      known.filter((other) => other !== trial),
      family.direction,
    );
    trial.note = decision.note ?? trial.note;
    if (trial.steps.length === steps) {
      trial.state = 'complete';
      trial.value = trial.curve.value;
      if (sign * trial.value <= sign * all[best]!.value) reached = Math.min(reached, spent / budget);
    } else if (decision.prune) trial.state = decision.pause === true ? 'paused' : 'pruned';
    else running.push(trial);
  }
  return { spent: spentOnTrials / budget, reached, lost: known[best]?.state !== 'complete' };
}
