import { AssayError } from '../../core/errors.ts';
import { tradingDateOf } from '../../market/sessions.ts';
import { barsFromTable, loadDataset } from '../../market/store/read.ts';
import { middleParams } from '../../search/space/middle.ts';
import { nest } from '../../search/space/nest.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { PlannedWindow, TrainingPace } from '../../search/study/study-ahead.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { type PlanFigures, type PlannedStudy, planFigures } from '../../validation/plan.ts';
import { datasetsWithoutVault, plannedVault } from '../datasets/vault.ts';
import { loadStudy } from '../study-files/load-study.ts';
import { foldsAheadOf } from '../supervisor/evidence-ahead.ts';

export interface PlanRequest {
  /** The study file. */
  readonly file: string;
  readonly dataDir: string;
  /** Number of best trials that will be judged, and of seeds of each. */
  readonly models: number;
  readonly seeds: number;
  /** Models judged on the test days in all, over all studies. Default: `models`. */
  readonly looks?: number | undefined;
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

export interface StudyPlan extends PlanFigures {
  readonly study: string;
  /** Name of the gate policy that its trials are promoted by. */
  readonly policy: string;
  readonly windows: readonly PlannedWindow[];
  readonly evidence: EvidenceAhead;
  readonly planned: PlannedStudy;
  readonly params: FlatParams;
  /** null: not timed, or the study has no training that can be timed. */
  readonly cost: PlanCost | null;
}

/**
 * Says what a study will need and what it can show, from its file and data, without a database. Writes nothing.
 * @throws AssayError as {@link loadStudy} and {@link foldsAheadOf}; `study_invalid` for a study without a walk-forward, or whose walk-forward
 * does not say how many days it tests; `config_invalid` for an unknown gate policy; `usage` for fewer looks than models; `params_invalid`.
 */
export async function planStudy({ file, dataDir, models, seeds, looks = models, timed, params: given }: PlanRequest): Promise<StudyPlan> {
  if (looks < models)
    throw new AssayError('usage', `${looks} looks are fewer than the ${models} models that will be judged`, {
      hint: 'give --looks the number of models judged on these days in all, or leave it out',
    });
  const { definition } = await loadStudy(file);
  const { name: study, walkForward, space, budget } = definition;
  const policy = loadGatePolicy(definition.policy);
  const { evidence: asked } = policy.gates;
  const params = middleParams(space, given);
  const context = { dataset: datasetsWithoutVault(definition, dataDir) };
  const foldsAhead = await foldsAheadOf(definition, dataDir);
  if (walkForward === null || foldsAhead === null)
    throw new AssayError('study_invalid', `${study} has no walk-forward, so there is nothing to promote and nothing to plan`, {
      place: file,
      hint: 'give defineStudy a walkForward: tradingTask({ ... }) brings one; assay smoke times an objective of your own',
    });
  const { folds, evidence } = foldsAhead;
  if (evidence === null)
    throw new AssayError('study_invalid', `the walk-forward of ${study} does not say how many days it tests`, {
      place: file,
      hint: 'give it evidence: async (context, folds) => ({ steps, days })',
    });
  const ahead = (await walkForward.ahead?.(context, folds)) ?? null;
  const planned: PlannedStudy = {
    trials: budget.trials >= unlimitedTrials ? null : budget.trials,
    seedsPerTrial: ahead?.seedsPerTrial ?? 1,
    models,
    seeds,
    folds: folds.length,
    looks,
    days: evidence.days,
    innerDays: ahead?.windows.find(({ use }) => use === 'inner validation')?.sessions ?? null,
    sessionsPerYear: ahead?.sessionsPerYear ?? 252,
    level: asked?.severity === 'refuse' ? asked.level : null,
  };
  const figures = planFigures(planned);
  const pace = timed
    ? ((await walkForward.pace?.({ ...context, params: nest(space, params), seed: 0, signal: new AbortController().signal })) ?? null)
    : null;
  return {
    study,
    policy: policy.name,
    windows: [...(ahead?.windows ?? []), ...(await vaultWindow(definition, dataDir))],
    evidence,
    planned,
    params,
    ...figures,
    cost: pace && {
      ...pace,
      searchHours: planned.trials === null ? null : (planned.trials * pace.trialSeconds) / 3600,
      validationHours: (figures.trainings.validation * pace.trainingSeconds) / 3600,
    },
  };
}

/** The sessions that no code of the study sees, as the last window; none without a vault. */
async function vaultWindow(definition: StudyDefinition, dataDir: string): Promise<readonly PlannedWindow[]> {
  const vault = await plannedVault(definition, dataDir);
  if (vault === null) return [];
  const { calendar, barMs } = barsFromTable(loadDataset(dataDir, vault.dataset));
  const [firstDay, lastDay] = [vault.fromMs, vault.untilMs - barMs].map((startMs) => tradingDateOf(calendar, startMs));
  return [{ use: 'vault', fold: null, firstDay: firstDay!, lastDay: lastDay!, sessions: vault.sessions, purged: 0 }];
}
