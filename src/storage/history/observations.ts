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

/** What this process has already read of each study, so that an `ask` reads only the trials that changed since. */
export interface Observations {
  /** The highest revision read so far; 0 at first. */
  readonly seen: (study: StudyId) => number;
  /**
   * Take in what changed; all observations, in the order of their numbers.
   * @param lastValueTells false where reports show another figure than the objective: of a pruned trial only the step is told then.
   */
  readonly advance: (study: StudyId, changed: readonly ChangedTrial[], lastValueTells?: boolean) => readonly Observation[];
}

export function createObservations(): Observations {
  const studies = new Map<StudyId, { seen: number; readonly byNumber: (Observation | null)[] }>();
  return {
    seen: (study) => studies.get(study)?.seen ?? 0,
    advance: (study, changed, lastValueTells = true) => {
      const known = studies.get(study) ?? { seen: 0, byNumber: [] };
      studies.set(study, known);
      for (const trial of changed) {
        known.byNumber[trial.number] = observe(trial, lastValueTells);
        known.seen = Math.max(known.seen, trial.revision);
      }
      return known.byNumber.filter((observation) => observation !== null);
    },
  };
}

/** Failed and cancelled trials teach a sampler nothing. */
function observe(trial: ChangedTrial, lastValueTells: boolean): Observation | null {
  const { number, state, params, value, values, constraints, lastStep, lastValue } = trial;
  if (state === 'queued' || state === 'running') return { state: 'running', number, params };
  if (state === 'complete' && value !== null)
    return { state, number, params, value, ...(values !== null && { values }), ...(constraints !== null && { constraints }) };
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
