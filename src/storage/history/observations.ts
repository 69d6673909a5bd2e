import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Observation } from '../../search/trial/history.ts';
import type { TrialState } from '../../search/trial/trial.ts';

/** A trial as the history reads it. */
export interface ChangedTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly revision: number;
  readonly params: FlatParams;
  readonly value: number | null;
  readonly values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
  readonly lastStep: number | null;
  readonly lastValue: number | null;
}

/**
 * The finished trials that this process has read of each study, so that an `ask` reads only newer ones. Open trials are read every time:
 * a crash of the server may forget them, and then their revisions are given once more. A finished one was on disk before anybody saw it.
 */
export interface Observations {
  /** The highest revision of a finished trial read so far; 0 at first. */
  readonly seen: (study: StudyId) => number;
  /**
   * Take in the newly finished trials and all open ones; all observations, in the order of their numbers.
   * @param lastValueTells false where reports show another figure than the objective: of a pruned trial only the step is told then.
   */
  readonly advance: (study: StudyId, changed: readonly ChangedTrial[], lastValueTells?: boolean) => readonly Observation[];
}

export function createObservations(): Observations {
  const studies = new Map<StudyId, { seen: number; readonly finished: (Observation | null)[] }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, changed, lastValueTells = true) => {
      const known = studies.get(study) ?? { seen: 0, finished: [] };
      studies.set(study, known);
      const open = changed.filter(isOpen);
      for (const trial of changed) {
        if (isOpen(trial)) continue;
        known.finished[trial.number] = observe(trial, lastValueTells);
        known.seen = Math.max(known.seen, trial.revision);
      }
      const all = known.finished.slice();
      for (const trial of open) all[trial.number] = observe(trial, lastValueTells);
      return all.filter((observation) => observation !== null);
    },
  };
}

function isOpen({ state }: ChangedTrial): boolean {
  return state === 'queued' || state === 'running';
}

/** Failed and cancelled trials teach a sampler nothing. */
function observe(trial: ChangedTrial, lastValueTells: boolean): Observation | null {
  const { number, state, params, value, values, constraints, lastStep, lastValue } = trial;
  if (isOpen(trial)) return { state: 'running', number, params };
  if (state === 'complete' && value !== null)
    return {
      state,
      number,
      params,
      value,
      ...(values !== null && { values }),
      ...(constraints !== null && { constraints }),
      ...(lastStep !== null && { lastStep }),
    };
  if (state === 'pruned') {
    return {
      state,
      number,
      params,
      last: lastStep === null || lastValue === null ? null : { step: lastStep, value: lastValueTells ? lastValue : Number.NaN },
    };
  }
  return null;
}
