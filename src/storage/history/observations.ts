import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Observation } from '../../search/trial/history.ts';
import type { ToldNoise } from '../../search/trial/told-noise.ts';
import type { TrialState } from '../../search/trial/trial.ts';

/** A trial as read for the history. */
export interface ChangedTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly revision: number;
  readonly params: FlatParams;
  readonly value: number | null;
  readonly values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
  readonly noiseVariance: number | null;
  readonly noiseSeeds: number | null;
  readonly lastStep: number | null;
  readonly lastValue: number | null;
  /** Step at which the pruner paused it (null: a person paused it, or it is not paused). */
  readonly atStep: number | null;
  /** What the pruner expected of its last attempt (null: nothing, or it was not pruned). */
  readonly expectedValue: number | null;
  readonly expectedSd: number | null;
}

/**
 * Finished and paused trials of each study that this process has read, so that an `ask` reads only newer ones. Open trials are read every
 * time: a crash of the server may forget them and give their revisions again. Finished and paused ones are flushed before they can be read;
 * a resumed trial is open again.
 */
export interface Observations {
  /** Highest revision of a finished or paused trial read so far; 0 at first. */
  readonly seen: (study: StudyId) => number;
  /**
   * Adds newly finished or paused trials and all open ones. Returns all observations by number.
   * @param lastValueTells false if reports show another metric than the objective: pruned trials then have a step without a value
   */
  readonly advance: (study: StudyId, changed: readonly ChangedTrial[], lastValueTells?: boolean) => readonly Observation[];
}

export function createObservations(): Observations {
  const studies = new Map<StudyId, { seen: number; readonly settled: Observation[] }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, changed, lastValueTells = true) => {
      const known = studies.get(study) ?? { seen: 0, settled: [] };
      studies.set(study, known);
      for (const trial of changed) {
        if (isOpen(trial)) continue;
        put(known.settled, trial.number, observe(trial, lastValueTells));
        known.seen = Math.max(known.seen, trial.revision);
      }
      // A plain copy, as a long history is not processed again for every ask.
      const all = known.settled.slice();
      for (const trial of changed) if (isOpen(trial)) put(all, trial.number, observe(trial, lastValueTells));
      return all;
    },
  };
}

/** Inserts an observation by number, searching from the end, where new trials belong; null removes it. */
function put(all: Observation[], number: number, observation: Observation | null): void {
  let [from, to] = [0, all.length];
  if (to > 0 && all[to - 1]!.number < number) from = to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (all[middle]!.number < number) from = middle + 1;
    else to = middle;
  }
  const there = all[from]?.number === number ? 1 : 0;
  if (observation === null) all.splice(from, there);
  else all.splice(from, there, observation);
}

function isOpen({ state }: ChangedTrial): boolean {
  return state === 'queued' || state === 'running';
}

/** Returns the noise that a complete trial told; nothing where it told none. */
export function noiseOfColumns({ noiseVariance, noiseSeeds }: Pick<ChangedTrial, 'noiseVariance' | 'noiseSeeds'>): {
  readonly noise?: ToldNoise;
} {
  return noiseVariance === null ? {} : { noise: { variance: noiseVariance, ...(noiseSeeds !== null && { seeds: noiseSeeds }) } };
}

/** Cancelled trials are no observations. A trial that the pruner paused counts as pruned, one that a person paused as running. */
function observe(trial: ChangedTrial, lastValueTells: boolean): Observation | null {
  const { number, state, params, value, values, constraints, lastStep, lastValue, atStep, expectedValue, expectedSd } = trial;
  if (isOpen(trial) || (state === 'paused' && atStep === null)) return { state: 'running', number, params };
  if (state === 'complete' && value !== null)
    return {
      state,
      number,
      params,
      value,
      ...(values !== null && { values }),
      ...(constraints !== null && { constraints }),
      ...noiseOfColumns(trial),
      ...(lastStep !== null && { lastStep }),
    };
  if (state === 'pruned' || state === 'paused') {
    return {
      state: 'pruned',
      number,
      params,
      last: lastStep === null || lastValue === null ? null : { step: lastStep, value: lastValueTells ? lastValue : Number.NaN },
      ...(state === 'pruned' &&
        lastValueTells &&
        expectedValue !== null &&
        expectedSd !== null && { expected: { value: expectedValue, sd: expectedSd } }),
    };
  }
  return state === 'failed' ? { state, number, params } : null;
}
