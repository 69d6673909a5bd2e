import type { ImportanceChart } from '../../api/routes/charts/importance.ts';
import type { Chart } from '../../plot/chart.ts';
import { countOf } from '../../plot/format.ts';
import { wholePercent } from './history.ts';

/** Which parameters decide, with intervals. */
export function importanceOf(study: string, { items, method, notes, objective, total, trialsUsed }: ImportanceChart): Chart {
  const [first] = items;
  const finding =
    first === undefined
      ? 'The trials have no parameter in common.'
      : `${first.name} decides most: ${wholePercent(first.value)}, from ${wholePercent(first.low)} to ${wholePercent(first.high)} over resampled trials.`;
  return {
    kind: 'bars',
    title: `${study}: importance${objective === null ? '' : ` for ${objective}`}`,
    finding,
    note: `${[countOf(trialsUsed, total, 'complete trials'), `by ${method}; the interval holds 90 % of resamples`, ...notes].join('; ')}.`,
    label: 'share of what decides',
    bars: items.map(({ name, value: share, low, high }) => ({ name, share, low, high })),
  };
}
