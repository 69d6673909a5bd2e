import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { StudyItem } from '../../storage/readers/study-item.ts';
import { formatCell, numberIn } from './columns.ts';

const barWidth = 24;

/** Number of trials that have ended and count in the budget. */
export function endedTrials({ counts, budget }: Pick<StudyItem, 'counts' | 'budget'>): number {
  return counts.complete + counts.pruned + (budget.countFailed === false ? 0 : counts.failed);
}

/** `████░░░░  20 of 40 trials: 12 complete, 7 pruned, 1 failed, 2 running`. */
export function describeTrials(study: Pick<StudyItem, 'counts' | 'budget'>): string {
  const { counts, budget } = study;
  const ended = endedTrials(study);
  const filled = Math.round((barWidth * Math.min(ended, budget.trials)) / Math.max(1, budget.trials));
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const states = [`${counts.complete} complete`, `${counts.pruned} pruned`];
  if (counts.failed > 0) states.push(`${counts.failed} failed`);
  if (counts.paused > 0) states.push(`${counts.paused} paused`);
  states.push(`${counts.running} running`);
  return `${budget.trials < unlimitedTrials ? `${bar}  ${ended} of ${budget.trials}` : ended} trials: ${states.join(', ')}`;
}

/** `best 1.25 (s#3)`. */
export function describeBest({
  objectives,
  best,
  bestAddress,
  ...study
}: Pick<StudyItem, 'objectives' | 'best' | 'bestAddress' | 'nonFinite'>): string {
  return `best ${objectives === null ? '' : `${objectives[0]!.name} `}${formatCell(numberIn(study, 'best', best))}${bestAddress === null ? '' : ` (${bestAddress})`}`;
}

/** What lets a study whose budget is used up go on: a larger budget, and for failed trials another try. */
export function describeUsedUp({
  name,
  counts,
  budget,
  endedBecause,
}: Pick<StudyItem, 'name' | 'counts' | 'budget' | 'endedBecause'>): string {
  const { failed } = counts;
  const because = endedBecause ?? `the budget of ${budget.trials} trials is used up`;
  const larger =
    endedBecause === null ? `\`--trials ${budget.trials + (failed || budget.trials)}\`` : 'a larger budget (`assay run --help`)';
  return failed === 0
    ? `${because}; ${larger} goes on`
    : `${because} (${failed} failed); ${larger}, or \`assay trial retry --failed ${name} --raise-budget\`, goes on`;
}
