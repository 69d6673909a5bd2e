import { isDeepStrictEqual } from 'node:util';
import { AssayError } from '../../core/errors.ts';
import { middleParams } from '../../search/space/middle.ts';
import { nest } from '../../search/space/nest.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { TrainingPace } from '../../search/study/study-ahead.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { datasetsWithoutVault } from '../datasets/vault.ts';
import { loadStudy } from '../study-files/load-study.ts';
import { foldsAheadOf } from '../supervisor/evidence-ahead.ts';
import { outlookOf, type PlanNumbers, type StudyOutlook } from './outlook.ts';

export interface PlanRequest extends PlanNumbers {
  /** The study file. */
  readonly file: string;
  readonly dataDir: string;
  /** Folds of this scheme in place of the study's own, such as `cpcv:6,2`. */
  readonly scheme?: string | undefined;
  /** True: times a training. */
  readonly timed: boolean;
  /** Parameters of the timed training; the others are in the middle of their ranges. */
  readonly params: FlatParams;
}

/** Processor time of everything that is planned. */
export interface PlanCost extends TrainingPace {
  /** Of all trials, if none is pruned; null without a limit of trials. */
  readonly searchHours: number | null;
  readonly validationHours: number;
}

export interface StudyPlan extends StudyOutlook {
  readonly params: FlatParams;
  /** null: not timed, or the study has no training that can be timed. */
  readonly cost: PlanCost | null;
}

/**
 * Says what a study will need and what it can show, from its file and data, without a database. Writes nothing.
 * @throws AssayError as {@link loadStudy}, {@link foldsAheadOf} and {@link outlookOf}; `study_invalid` for a study without a walk-forward or
 * the scheme, or whose walk-forward does not say how many days it tests; `config_invalid` for an unknown gate policy or scheme;
 * `params_invalid`.
 */
export async function planStudy({ file, dataDir, scheme, timed, params: given, ...numbers }: PlanRequest): Promise<StudyPlan> {
  const { definition } = await loadStudy(file);
  const { name: study, space, budget } = definition;
  const params = middleParams(space, given);
  const own = await foldsAheadOf(definition, dataDir);
  if (definition.walkForward === null || own === null)
    throw new AssayError('study_invalid', `${study} has no walk-forward, so there is nothing to promote and nothing to plan`, {
      place: file,
      hint: 'give defineStudy a walkForward: tradingTask({ ... }) brings one; assay smoke times an objective of your own',
    });
  const walkForward = scheme === undefined ? definition.walkForward : schemed(definition.walkForward, { scheme, study, file });
  const { folds, evidence, ahead } = scheme === undefined ? own : ((await foldsAheadOf({ walkForward }, dataDir)) ?? own);
  if (evidence === null)
    throw new AssayError('study_invalid', `the walk-forward of ${study} does not say how many days it tests`, {
      place: file,
      hint: 'give it evidence: async (context, folds) => ({ steps, days })',
    });
  const outlook = await outlookOf({
    study,
    policies: [loadGatePolicy(definition.policy)],
    // A scheme may name the study's own folds.
    scheme: scheme === undefined || isDeepStrictEqual(folds, own.folds) ? null : scheme,
    trials: budget.trials,
    evidence,
    ahead,
    ...numbers,
  });
  const { planned, trainings } = outlook;
  const context = { dataset: datasetsWithoutVault(definition, dataDir), params: nest(space, params), seed: 0 };
  const pace = timed ? ((await walkForward.pace?.({ ...context, signal: new AbortController().signal })) ?? null) : null;
  return {
    ...outlook,
    params,
    cost: pace && {
      ...pace,
      searchHours: planned.trials === null ? null : (planned.trials * pace.trialSeconds) / 3600,
      validationHours: (trainings.validation * pace.trainingSeconds) / 3600,
    },
  };
}

type WalkForwardOf = NonNullable<StudyDefinition['walkForward']>;

function schemed(
  walkForward: WalkForwardOf,
  { scheme, study, file }: { readonly scheme: string; readonly study: string; readonly file: string },
): WalkForwardOf {
  if (walkForward.schemed !== undefined) return { ...walkForward, ...walkForward.schemed(scheme) };
  throw new AssayError('study_invalid', `the walkForward of ${study} has no folds but its own`, {
    place: file,
    hint: 'leave --scheme out, or add schemed: (scheme) => ({ plan }) to it; tradingTask has it',
  });
}
