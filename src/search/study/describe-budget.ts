import type { Budget } from './storage.ts';

/** Stands for no limit: the largest integer of the database. */
export const unlimitedTrials = 2 ** 31 - 1;

/** Describes a budget in words: `100 trials or 2 h of work, or 30 trials without improvement`. */
export function describeBudget({ trials, timeMs, steps, countFailed = true, stopWhen: rules = {} }: Budget): string {
  const limits = [
    ...(trials < unlimitedTrials ? [`${trials} ${countFailed ? '' : 'not failed '}trials`] : []),
    ...(timeMs === undefined ? [] : [`${formatTime(timeMs)} of work`]),
    ...(steps === undefined ? [] : [`${steps} steps`]),
    ...(rules.target === undefined ? [] : [`a value of ${rules.target}`]),
    ...(rules.noImprovement === undefined ? [] : [`${rules.noImprovement} trials without improvement`]),
    ...(rules.unlikelyToPay === undefined ? [] : ['more trials being unlikely to pay']),
    ...(rules.failed === undefined ? [] : [`${rules.failed} failed trials`]),
  ];
  return limits.length === 0 ? 'no limit' : limits.join(', or ');
}

function formatTime(ms: number): string {
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const)
    if (ms >= length) return `${Number((ms / length).toPrecision(3))} ${unit}`;
  return `${ms / 1000} s`;
}
