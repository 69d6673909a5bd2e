import type { LuckChart } from '../../../api/routes/charts/luck.ts';

/** Days below which the distribution of a Sharpe ratio is too wide to say much. */
const fewDays = 60;
/** Trials below which the spread of their ratios is a guess. */
const fewTrials = 10;

/** What makes the figures of luck themselves doubtful. */
export function luckWarnings({ days, histogram }: Pick<LuckChart, 'days' | 'histogram'>): readonly string[] {
  const trials = histogram.n.reduce((sum, n) => sum + n, 0);
  const found: string[] = [];
  if (days > 0 && days < fewDays) found.push(`It rests on ${days} days: fewer than ${fewDays} say little, however good they look.`);
  if (trials < fewTrials)
    found.push(`Only ${trials} complete ${trials === 1 ? 'trial has' : 'trials have'} a ratio of the search: their spread is a guess.`);
  return found;
}
