import { counted } from '../../core/counted.ts';
import type { StudyOutlook } from '../../runner/plan/outlook.ts';
import type { StudyPlan } from '../../runner/plan/plan-study.ts';
import type { PlannedWindow } from '../../search/study/study-ahead.ts';
import { formatDuration, formatNumber } from './format.ts';
import type { Column } from './table.ts';

/** One line of a plan. */
export interface PlanLine {
  readonly what: string;
  readonly planned: string;
}

export const planColumns: readonly Column<PlanLine>[] = [
  { title: 'what', cell: ({ what }) => what },
  { title: 'planned', cell: ({ planned }) => planned, wrap: true },
];

/** A plan as lines for people: windows, cost, what it can show, warnings. */
export function planLines(plan: StudyPlan): readonly PlanLine[] {
  const line = (what: string, planned: string | null): readonly PlanLine[] => (planned === null ? [] : [{ what, planned }]);
  return [
    ...plan.windows.flatMap((window) => line(nameOf(window), describeWindow(window))),
    ...line('out of sample', `${count(plan.evidence.days)} days, ${count(plan.evidence.steps)} steps for each seed`),
    ...line('trainings', describeTrainings(plan)),
    ...line('processor time', describeCost(plan)),
    ...line('detectable', describePower(plan)),
    ...line('days needed', describeDays(plan)),
    ...line('luck of the search', describeLuck(plan)),
    ...plan.warnings.flatMap((warning) => line('warning', warning)),
  ];
}

/** What the test days can show, in one line. */
export function sayPower(plan: StudyOutlook): string {
  return `${counted(plan.planned.days, 'day')} can show ${describePower(plan)}`;
}

const count = (n: number): string => n.toLocaleString('en-US');

function nameOf({ use, fold }: PlannedWindow): string {
  return fold === null ? use : `fold ${fold} ${use.slice('fold '.length)}`;
}

function describeWindow({ firstDay, lastDay, sessions, purged }: PlannedWindow): string {
  const gap = purged === 0 ? '' : `, then ${count(purged)} left out`;
  return `${firstDay} to ${lastDay}, ${counted(sessions, 'session')}${gap}`;
}

function describeTrainings({ trainings, planned }: StudyPlan): string {
  const { trials, seedsPerTrial, models, seeds, folds } = planned;
  const search =
    trainings.search === null
      ? 'as many trials as the budget allows'
      : `${count(trainings.search)} in the search${seedsPerTrial === 1 ? '' : ` (${count(trials!)} trials with ${seedsPerTrial} seeds)`}`;
  return `${search}; ${count(trainings.validation)} to judge ${counted(models, 'model')} with ${counted(seeds, 'seed')} on ${counted(folds, 'fold')}`;
}

function describeCost({ cost }: StudyPlan): string | null {
  if (cost === null) return null;
  const { searchHours, validationHours, secondsPerUpdate, updates, trialSeconds } = cost;
  const search =
    searchHours === null
      ? 'unknown for the search'
      : `${formatNumber(searchHours, 2)} core-hours for the search, less if trials are pruned`;
  return (
    `${search}; ${formatNumber(validationHours, 2)} to judge (one gradient step takes ${formatDuration(1000 * secondsPerUpdate)}, ` +
    `${count(updates)} of them a training; a trial ${formatDuration(1000 * trialSeconds)})`
  );
}

function describePower({ power, planned, policy, scheme }: StudyOutlook): string {
  if (scheme !== null) return `nothing by itself: the folds of ${scheme} are not the study's own, and no evidence for a promotion`;
  if (power === null) return `unknown: the gate policy ${policy} does not ask for evidence of skill`;
  const { dailySharpe, annualSharpe, level } = power;
  const asked = `${100 * power.power} % power at level ${level} over ${counted(planned.looks, 'look')}`;
  return Number.isFinite(dailySharpe)
    ? `a true Sharpe ratio from ${dailySharpe.toFixed(3)} a day, ${annualSharpe.toFixed(1)} a year, with ${asked}`
    : `nothing with ${asked}`;
}

function describeDays({ power }: StudyPlan): string | null {
  if (power === null) return null;
  return power.daysFor.map(({ annualSharpe, days }) => `${count(days)} for annual ${annualSharpe}`).join(', ');
}

function describeLuck({ luck, planned }: StudyPlan): string | null {
  if (luck === null) return null;
  return (
    `the best of ${count(planned.trials!)} trials without skill is expected to show annual ${luck.annualSharpe.toFixed(1)} on ` +
    `${count(planned.innerDays!)} inner days; 1.0 on ${luck.yearsForOne.toFixed(1)} years of them`
  );
}
