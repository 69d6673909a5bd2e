import { AssayError } from '../../core/errors.ts';
import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { PlannedWindow, StudyAhead } from '../../search/study/study-ahead.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import type { GatePolicy } from '../../validation/gates/policy.ts';
import { type PlanFigures, type PlannedStudy, planFigures } from '../../validation/plan.ts';
import { describeShortfall } from './shortfall.ts';

/** What a person plans beside the study. */
export interface PlanNumbers {
  /** Number of best trials that will be judged, and of seeds of each. */
  readonly models: number;
  readonly seeds: number;
  /** Models judged on the test days in all, over all studies. Default: `models`. */
  readonly looks?: number | undefined;
}

/** What a study can show, without the time that it takes. */
export interface StudyOutlook extends PlanFigures {
  readonly study: string;
  /** Name of the gate policy that its trials are promoted by. */
  readonly policy: string;
  /** The scheme of the folds; null: the study's own, which alone are evidence. */
  readonly scheme: string | null;
  readonly windows: readonly PlannedWindow[];
  readonly evidence: EvidenceAhead;
  readonly planned: PlannedStudy;
}

export interface OutlookInput extends PlanNumbers, Pick<StudyOutlook, 'study' | 'scheme'> {
  /** The gate policy that is asked, and its earlier numbers where both are; all must pass. */
  readonly policies: readonly GatePolicy[];
  /** Trials of the budget. */
  readonly trials: number;
  readonly evidence: EvidenceAhead & { readonly folds: number };
  /** null: the study does not tell its windows. */
  readonly ahead: StudyAhead | null;
}

/** Figures and warnings of a study, from what is known of its folds. @throws AssayError `usage` for fewer looks than models */
export async function outlookOf({
  study,
  policies,
  scheme,
  trials,
  evidence,
  ahead,
  models,
  seeds,
  looks = models,
}: OutlookInput): Promise<StudyOutlook> {
  if (looks < models)
    throw new AssayError('usage', `${looks} looks are fewer than the ${models} models that will be judged`, {
      hint: 'give looks the number of models judged on these days in all, or leave it out',
    });
  const levels = policies.flatMap(({ gates: { evidence: asked } }) => (asked?.severity === 'refuse' ? [asked.level] : []));
  const planned: PlannedStudy = {
    trials: trials >= unlimitedTrials ? null : trials,
    seedsPerTrial: ahead?.seedsPerTrial ?? 1,
    models,
    seeds,
    folds: evidence.folds,
    looks,
    days: evidence.days,
    innerDays: ahead?.windows.find(({ use }) => use === 'inner validation')?.sessions ?? null,
    sessionsPerYear: ahead?.sessionsPerYear ?? 252,
    level: scheme !== null || levels.length === 0 ? null : Math.min(...levels),
  };
  const figures = planFigures(planned);
  const policy = policies[0]!.name;
  const shortfall = scheme === null ? await describeShortfall(evidence, policy, seeds) : null;
  return {
    study,
    policy,
    scheme,
    windows: ahead?.windows ?? [],
    evidence,
    planned,
    ...figures,
    warnings: [...(shortfall === null ? [] : [shortfall]), ...figures.warnings],
  };
}
