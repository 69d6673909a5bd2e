import { count, duration, value } from '../../../plot/format.ts';
import type { Answers } from '../../data/api.ts';

type Detail = Answers['/v1/studies/{}'];
type Counts = Detail['counts'];

/** A study without a limit of trials has the largest integer of the database. */
const unlimited = 2 ** 31 - 1;

/** Trials that take their place in the budget, in the order of the bar. */
const order = ['complete', 'pruned', 'failed', 'running', 'paused', 'queued'] as const;

interface BudgetParts {
  readonly parts: readonly { readonly state: keyof Counts; readonly n: number }[];
  /** The length of the whole bar, in trials. */
  readonly whole: number;
}

/** What of the budget of trials is used up, by state. Cancelled trials take no place, failed ones only if they count. */
export function budgetParts({ counts, budget }: Pick<Detail, 'counts' | 'budget'>): BudgetParts {
  const counted = order.filter((state) => state !== 'failed' || budget.countFailed !== false);
  const parts = counted.map((state) => ({ state, n: counts[state] })).filter(({ n }) => n > 0);
  const used = parts.reduce((sum, { n }) => sum + n, 0);
  return { parts, whole: budget.trials < unlimited ? Math.max(budget.trials, used) : used };
}

/** "128 of 160 trials, 4 running; at 40 an hour the rest takes about 48 min." */
export function progressText(detail: Pick<Detail, 'counts' | 'budget' | 'trialsPerHour' | 'etaMs'>): string {
  const { counts, budget, trialsPerHour, etaMs } = detail;
  const used = budgetParts(detail).parts.reduce((sum, { n }) => sum + n, 0);
  const of =
    budget.trials < unlimited
      ? `${count(used)} of ${count(budget.trials)} trials`
      : `${count(used)} trials, without a limit of their number`;
  const running = counts.running > 0 ? `, ${count(counts.running)} running` : '';
  const open = counts.running + counts.queued > 0;
  const rate = trialsPerHour === null || !open ? '' : `; at ${value(trialsPerHour)} an hour`;
  if (rate === '') return `${of}${running}.`;
  return etaMs === null ? `${of}${running}${rate}.` : `${of}${running}${rate} the rest takes about ${duration(etaMs)}.`;
}

/** The limits beside the number of trials, in words. */
export function limitsText({ timeMs, steps, stopWhen = {} }: Detail['budget']): string {
  const { target, noImprovement, unlikelyToPay, failed } = stopWhen;
  return [
    ...(timeMs === undefined ? [] : [`${duration(timeMs)} of work`]),
    ...(steps === undefined ? [] : [`${count(steps)} steps`]),
    ...(target === undefined ? [] : [`a value of ${value(target)}`]),
    ...(noImprovement === undefined ? [] : [`${count(noImprovement)} trials without an improvement`]),
    ...(unlikelyToPay === undefined ? [] : ['the point where more trials are unlikely to pay']),
    ...(failed === undefined ? [] : [`${count(failed)} failed trials`]),
  ].join(', or ');
}

/** What the best of a study is the best of: its first objective, or the mean of that over the trials of the same parameters. */
export function goalName({ objectives, replicates }: Pick<Detail, 'objectives' | 'replicates'>): string {
  const goal = objectives?.[0]?.name ?? 'value';
  return replicates === undefined ? goal : `mean ${goal}`;
}
