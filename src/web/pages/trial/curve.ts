import { count, percent, value } from '../../../plot/format.ts';
import { seriesColour, seriesDash } from '../../../plot/palette.ts';
import { numbersOf } from '../../charts/columns.ts';
import type { Series } from '../../charts/marks.ts';
import type { Table } from '../../charts/table.ts';
import type { Answers } from '../../data/api.ts';

type Detail = Answers['/v1/studies/{}/trials/{}'];
type Report = Detail['reports'][number];

/** Names of what was reported beside the value, in the order in which they first occur. */
export function reportedMetrics(reports: readonly Report[]): readonly string[] {
  return [...new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))];
}

/** What a report says of a metric (empty: the value), with its infinities. */
function reported({ value: given, metrics, nonFinite }: Report, metric: string): number {
  const x = metric === '' ? given : (metrics[metric] ?? null);
  return x ?? Number(nonFinite?.[metric === '' ? 'value' : `metrics.${metric}`] ?? Number.NaN);
}

/** One line an attempt, the newest solid and in front: earlier ones were lost or given back. */
export function attemptSeries(
  { reports, attempts, state }: Pick<Detail, 'reports' | 'attempts' | 'state'>,
  metric: string,
): readonly Series[] {
  const numbers = [...new Set(reports.map(({ attempt }) => attempt))];
  const newest = Math.max(...numbers);
  return numbers.map((attempt): Series => {
    const own = reports.filter((report) => report.attempt === attempt);
    const ending = attempts.find((each) => each.attempt === attempt)?.ending ?? null;
    const last = attempt === newest;
    return {
      kind: 'line',
      name: numbers.length === 1 ? '' : `attempt ${attempt}`,
      colour: seriesColour(last ? 0 : 1),
      dash: last ? [] : seriesDash(5),
      width: last ? 2 : 1,
      x: own.map(({ step }) => step),
      y: own.map((report) => reported(report, metric)),
      ...(last && state === 'running' ? { end: 'open' as const } : ending === 'complete' ? {} : { end: 'bar' as const }),
    };
  });
}

/** "120 reports over 2 attempts; the last is 0.53 at step 12,000, the highest 0.61 at step 9,000." */
export function curveFinding({ reports, reportsTotal, state }: Pick<Detail, 'reports' | 'reportsTotal' | 'state'>, metric: string): string {
  const points = reports.map((report) => ({ step: report.step, y: reported(report, metric) })).filter(({ y }) => !Number.isNaN(y));
  const last = points.at(-1);
  const attempts = new Set(reports.map(({ attempt }) => attempt)).size;
  const first = `${reportsTotal === 1 ? 'One report' : `${count(reportsTotal)} reports`}${attempts > 1 ? ` over ${attempts} attempts` : ''}`;
  if (last === undefined) return `${first}, none with a number.`;
  const high = points.reduce((most, point) => (point.y > most.y ? point : most));
  const low = points.reduce((least, point) => (point.y < least.y ? point : least));
  const place = ({ step, y }: { readonly step: number; readonly y: number }): string => `${value(y)} at step ${count(step)}`;
  return `${first}; the ${state === 'running' ? 'newest' : 'last'} is ${place(last)}, the lowest ${place(low)}, the highest ${place(high)}.`;
}

export function curveTable(reports: readonly Report[]): Table {
  const metrics = reportedMetrics(reports);
  return {
    columns: ['attempt', 'step', 'value', ...metrics],
    rows: reports.map((report) => [
      report.attempt,
      report.step,
      reported(report, ''),
      ...metrics.map((metric) => reported(report, metric)),
    ]),
  };
}

type Returns = NonNullable<Detail['innerReturns']>;

/** The account after each day, which begins at 1. */
export function equityOf({ returns }: Pick<Returns, 'returns'>): readonly number[] {
  let account = 1;
  return numbersOf(returns, 'returns', undefined).map((each) => (account *= 1 + each));
}

/** "+3.20 % over 14 days; the worst day −1.20 %, the best +2.10 %." */
export function returnsFinding({ days, returns }: Returns): string {
  if (days.length === 0) return 'No day was traded.';
  const total = equityOf({ returns }).at(-1)! - 1;
  return `${percent(total)} over ${count(days.length)} ${days.length === 1 ? 'day' : 'days'}; the worst day ${percent(Math.min(...returns))}, the best ${percent(Math.max(...returns))}.`;
}
