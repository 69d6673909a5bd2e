import type { HistoryChart } from '../../api/routes/charts/history.ts';
import { count, value } from '../../plot/format.ts';
import { numbersOf } from './columns.ts';
import type { PlotAxis, Series } from './marks.ts';
import { pointsByState, stateLooks } from './states.ts';
import type { Table } from './table.ts';

const best = { name: 'best so far', colour: 'var(--series-1)' } as const;

/** Trials one by one by state, or their quartiles in bins, under the best so far. */
export function historySeries(chart: HistoryChart): readonly Series[] {
  const { nonFinite } = chart;
  const of = (column: readonly (number | null)[] | undefined, name: string) => numbersOf(column, name, nonFinite);
  const line: Series[] = [];
  const [x, y] = [of(chart.best.x, 'best.x'), of(chart.best.y, 'best.y')];
  if (x.length > 0) {
    // The best holds up to now, not up to its own trial.
    const end = lastPlace(chart);
    const goesOn = end > x.at(-1)!;
    line.push({
      ...{ kind: 'line', ...best, steps: true, width: 2 },
      x: goesOn ? [...x, end] : x,
      y: goesOn ? [...y, y.at(-1)!] : y,
      ids: goesOn ? [...chart.best.number, chart.best.number.at(-1)!] : chart.best.number,
    });
  }
  if (chart.bins !== undefined) return [...binSeries(chart, of), ...line];
  const columns = { x: of(chart.x, 'x'), y: of(chart.y, 'y'), number: chart.number ?? [], state: chart.state ?? [] };
  return [...pointsByState(columns), ...line];
}

function binSeries(
  { bins, direction }: HistoryChart,
  of: (column: readonly (number | null)[], name: string) => readonly number[],
): readonly Series[] {
  const { x0, x1, q1, median, q3, numberOfBest } = bins!;
  const end = of(x1, 'bins.x1');
  const x = of(x0, 'bins.x0').map((from, i) => (from + end[i]!) / 2);
  const tip = direction === 'maximize' ? 'max' : 'min';
  return [
    {
      kind: 'band',
      opacity: 0.2,
      name: 'quartiles of each bin',
      colour: 'var(--muted)',
      x,
      low: of(q1, 'bins.q1'),
      high: of(q3, 'bins.q3'),
    },
    { kind: 'line', name: 'median', colour: 'var(--muted)', x, y: of(median, 'bins.median'), ids: [] },
    {
      ...stateLooks.c,
      kind: 'points',
      name: 'best of each bin',
      x,
      y: of(bins![tip], `bins.${tip}`),
      ids: numberOfBest,
      size: 5,
      opacity: 0.7,
    },
  ];
}

/** The last place that is drawn. */
/** Where the last trial with a value lies on the axis; -Infinity without one. */
export function lastPlace({ x, bins, nonFinite }: HistoryChart): number {
  const columns = bins === undefined ? numbersOf(x, 'x', nonFinite) : numbersOf(bins.x1, 'bins.x1', nonFinite);
  return Math.max(...columns.filter((each) => !Number.isNaN(each)));
}

export function historyAxes(chart: HistoryChart, log: boolean): { readonly x: PlotAxis; readonly y: PlotAxis } {
  return {
    x: chart.axis === 'time' ? { kind: 'time', label: 'Time (UTC)' } : { kind: 'linear', label: 'Trial', whole: true },
    y: { kind: log ? 'log' : 'linear', label: valueName(chart), clip: true, ...bulkOf(chart) },
  };
}

/** Pruned and running trials must not spoil the scale, and the best value is always on it. */
function bulkOf({ best: found, y, state, bins, nonFinite }: HistoryChart): Pick<PlotAxis, 'bulk' | 'include'> {
  const include = numbersOf(found.y, 'best.y', nonFinite).slice(-1);
  if (bins !== undefined || state === undefined) return { include };
  return { include, bulk: numbersOf(y, 'y', nonFinite).filter((_, i) => state[i] === 'c') };
}

/** What a chart's values are. */
export function valueName({ objective, metric }: { readonly objective: string | null; readonly metric: string | null }): string {
  return metric ?? objective ?? 'value';
}

/** "The best value is 1.234 (trial 57); it was improved 9 times, the last time 42 trials ago." */
export function historyFinding(chart: HistoryChart): string {
  const { best: found, direction, metric, nonFinite, total } = chart;
  const last = found.number.at(-1);
  if (total === 0) return 'No trial has begun yet.';
  if (last === undefined) return 'No trial is complete yet, so there is no best value.';
  const y = numbersOf(found.y, 'best.y', nonFinite).at(-1)!;
  const word = direction === 'maximize' ? 'highest' : 'lowest';
  const name = `The ${word} ${metric === null ? (chart.objective ?? 'value') : metric} is ${value(y)} (trial ${last})`;
  const since = chart.axis === 'number' ? lastPlace(chart) - last : 0;
  const times = found.of - 1;
  if (times === 0) return `${name}; no trial after the first was better.`;
  const improved = `${name}; the best was improved ${times === 1 ? 'once' : `${count(times)} times`}`;
  return chart.axis === 'number' && since > 0 ? `${improved}, the last time ${count(Math.round(since))} trials ago.` : `${improved}.`;
}

export function historyTable(chart: HistoryChart): Table {
  const { nonFinite, bins } = chart;
  const name = valueName(chart);
  if (bins !== undefined) {
    const columns = ['x0', 'x1', 'n', 'min', 'q1', 'median', 'q3', 'max', 'numberOfBest'] as const;
    const numbers = columns.map((column) => numbersOf(bins[column], `bins.${column}`, nonFinite));
    return {
      columns: ['from', 'to', 'n', 'least', 'quartile 1', 'median', 'quartile 3', 'most', 'best trial'],
      rows: bins.x0.map((_, i) => numbers.map((column) => column[i])),
    };
  }
  const y = numbersOf(chart.y, 'y', nonFinite);
  const rows = (chart.number ?? []).map((number, i) => {
    const x = chart.x?.[i] ?? null;
    return [
      number,
      ...(chart.axis === 'time' ? [x === null ? null : new Date(x).toISOString()] : []),
      stateLooks[chart.state![i]!].name,
      y[i],
    ];
  });
  return { columns: ['trial', ...(chart.axis === 'time' ? ['time'] : []), 'state', name], rows };
}
