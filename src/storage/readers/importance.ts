import { AssayError } from '../../core/errors.ts';
import { type Importance, importance } from '../../search/importance/importance.ts';
import { importanceNotes } from '../../search/importance/notes.ts';
import type { ImportanceInput } from '../../search/importance/options.ts';
import { configurationMeans } from '../../search/trial/configurations.ts';
import type { Db } from '../database.ts';
import { completeTrials } from './complete-trials.ts';
import { objectiveAt } from './front.ts';

export interface ImportanceQuery {
  readonly evaluator: NonNullable<ImportanceInput['evaluator']>;
  /** Of several objectives, this one alone. Default: what it takes to be among the trade-offs. */
  readonly objective?: string | undefined;
}

export interface StudyImportance {
  readonly study: string;
  readonly evaluator: ImportanceQuery['evaluator'];
  readonly objective: string | null;
  /** Number of complete trials that it is taken from. */
  readonly trials: number;
  /** What limits the answer, in words. */
  readonly notes: readonly string[];
  /** The most important parameter first. */
  readonly items: readonly Importance[];
}

/** @throws AssayError `not_found`; `usage` for an unknown objective, and for an evaluator that cannot take all of several */
export async function readImportance(db: Db, study: string, { evaluator, objective }: ImportanceQuery): Promise<StudyImportance> {
  const { space, history: trials, objectives, replicated } = await completeTrials(db, study);
  const history = replicated ? { ...trials, observations: configurationMeans(trials) } : trials;
  if (objectives !== null && objective === undefined && evaluator !== 'ped-anova')
    throw new AssayError('usage', `${evaluator} evaluates one objective`, {
      place: 'objective',
      hint: `give --objective ${objectives.map(({ name }) => name).join(' or ')}, or take ped-anova, which evaluates all of them`,
    });
  const at = objective === undefined ? undefined : objectiveAt({ name: study, objectives }, objective);
  const asked = { evaluator, conditionals: 'weighed', ...(at !== undefined && { objective: at }) } as const;
  return {
    study,
    evaluator,
    objective: objective ?? null,
    trials: trials.observations.length,
    notes: importanceNotes(space, history, asked),
    items: importance(space, history, asked),
  };
}
