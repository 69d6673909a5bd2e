import { encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { fits } from '../../space/leaf.ts';
import type { History, Observation } from '../../trial/history.ts';
import { type Axis, type Point, placeOf } from '../gp/coordinates.ts';
import { type Member, nextGeneration } from './generation.ts';
import { advance, firstRun, type Run, type Setting } from './run.ts';

type Finished = Exclude<Observation, { state: 'running' }>;

/** Cache of the last ask, so that the next one replays only new trials; suggestions do not depend on it. */
export interface Replayed {
  /** Finished trials in the order of their numbers. */
  readonly trials: Finished[];
  /** The trials that belong to this space; `trials` is the number of finished trials up to and including the member. */
  readonly members: (Member & { readonly trials: number })[];
  /** State of the search after the given number of members, from 0 on. */
  readonly runs: { readonly run: Run; readonly members: number }[];
}

export function startReplay(setting: Setting): Replayed {
  return { trials: [], members: [], runs: [{ run: firstRun(setting), members: 0 }] };
}

/**
 * Advances the replay to the history and returns the current run. Generations are consecutive blocks of finished trials in the order of
 * their numbers, one population each; the last one stays incomplete until its trials have finished. A slow trial blocks no other: it is
 * inserted by its number once it has finished. Failed trials rank last in their generation, see `nextGeneration`.
 */
export function replay(replayed: Replayed, space: CompiledSpace, history: History, setting: Setting): Run {
  const { trials, members, runs } = replayed;
  let known = 0;
  for (const trial of history.observations) {
    if (trial.state === 'running') continue;
    if (trials[known] !== trial) {
      forget(replayed, known);
      trials.push(trial);
      const point = pointOf(space, setting.axes, trial);
      if (point !== null) members.push({ trial, point, trials: trials.length });
    }
    known++;
  }
  forget(replayed, known);
  for (;;) {
    const { run, members: from } = runs.at(-1)!;
    const next = nextGeneration(members, from, run.distribution.strategy.population);
    if (next === null) return run;
    runs.push({ run: advance(run, next.generation, setting), members: next.to });
  }
}

/** Drops everything that depends on more than the first `keep` finished trials. */
function forget({ trials, members, runs }: Replayed, keep: number): void {
  if (trials.length === keep) return;
  trials.length = keep;
  while (members.length > 0 && members.at(-1)!.trials > keep) members.pop();
  while (runs.at(-1)!.members > members.length) runs.pop();
}

/** Returns a trial's point (null for a trial of another space: a parameter is missing or out of range). */
function pointOf(space: CompiledSpace, axes: readonly Axis[], trial: Observation): Point | null {
  const row = encodeParams(space, trial.params);
  if (!axes.every(({ flat, param }) => fits(param, row[flat.index]!))) return null;
  return Float64Array.from(axes, (axis) => placeOf(axis, row[axis.flat.index]!));
}
