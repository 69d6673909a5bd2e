import { encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { fits } from '../../space/leaf.ts';
import type { History, Observation } from '../../trial/history.ts';
import { type Axis, type Point, placeOf } from '../gp/coordinates.ts';
import { type Member, nextGeneration } from './generation.ts';
import { advance, firstRun, type Run, type Setting } from './run.ts';

type Finished = Exclude<Observation, { state: 'running' }>;

/** What the last ask worked out, so that the next one replays only what is new. It saves time and changes nothing. */
export interface Replayed {
  /** Finished trials in the order of their numbers. */
  readonly trials: Finished[];
  /** Those of them that belong to this space; `trials` is the number of finished ones up to and with it. */
  readonly members: (Member & { readonly trials: number })[];
  /** Where the search stood after so many members, from 0 on. */
  readonly runs: { readonly run: Run; readonly members: number }[];
}

export function startReplay(setting: Setting): Replayed {
  return { trials: [], members: [], runs: [{ run: firstRun(setting), members: 0 }] };
}

/**
 * Where the search stands. The finished trials in the order of their numbers, so many at a time as the population has, are the
 * generations; trials under way belong to the one that is still incomplete. So a trial that takes long holds nobody up: it is
 * counted where its number says once it is there. Failed trials are the worst of theirs, see `nextGeneration`.
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

/** Keep only what follows from the first so many finished trials. */
function forget({ trials, members, runs }: Replayed, keep: number): void {
  if (trials.length === keep) return;
  trials.length = keep;
  while (members.length > 0 && members.at(-1)!.trials > keep) members.pop();
  while (runs.at(-1)!.members > members.length) runs.pop();
}

/** null for a trial of another space: one that lacks a parameter, or has a value that is not in its range. */
function pointOf(space: CompiledSpace, axes: readonly Axis[], trial: Observation): Point | null {
  const row = encodeParams(space, trial.params);
  if (!axes.every(({ flat, param }) => fits(param, row[flat.index]!))) return null;
  return Float64Array.from(axes, (axis) => placeOf(axis, row[axis.flat.index]!));
}
