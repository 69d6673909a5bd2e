import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import { count, duration, value } from '../../plot/format.ts';
import { seriesColour, seriesDash } from '../../plot/palette.ts';
import { numbersOf } from './columns.ts';
import type { Line, PlotAxis, Series } from './marks.ts';
import { stateLooks } from './states.ts';
import type { Table } from './table.ts';

type Curve = CurvesChart['curves'][number];

/** Number of colours with dashes that can be told apart; a trial keeps its own on the page whatever else is chosen. */
const looks = 20;
/** More chosen curves than this are no choice. */
const mostChosen = 20;

/** The choice with a trial added or taken out. */
export function toggled(chosen: readonly number[], trial: number): readonly number[] {
  return chosen.includes(trial) ? chosen.filter((each) => each !== trial) : [...chosen, trial].slice(-mostChosen);
}

interface CurvesView {
  /** Trials whose curves stand out, in this order. */
  readonly chosen: readonly number[];
  /** Weight of the newest value in the exponential mean, from 0 (exclusive) to 1; 1: not smoothed. */
  readonly weight: number;
}

/** One line a curve, over the deciles of all; what ended early ends with a bar, what runs with a ring. */
export function curveSeries(chart: CurvesChart, { chosen, weight }: CurvesView): readonly Series[] {
  const { band, nonFinite } = chart;
  const of = (column: readonly (number | null)[], name: string) => numbersOf(column, name, nonFinite);
  const steps = of(band.step, 'band.step');
  const series: Series[] = [];
  if (band.trials > 1) {
    const middle = { x: steps, y: of(band.q50, 'band.q50') };
    series.push(
      {
        kind: 'band',
        // Many curves lie on it.
        opacity: 0.16,
        name: `deciles 1 to 9 of ${count(band.trials)} curves`,
        colour: 'var(--muted)',
        x: steps,
        low: of(band.q10, 'band.q10'),
        high: of(band.q90, 'band.q90'),
      },
      { kind: 'line', name: 'median', colour: 'var(--muted)', dash: [6, 4], ...middle },
    );
  }
  const rest = chart.curves.filter(({ number }) => !chosen.includes(number));
  const named = chosen.flatMap((number) => chart.curves.filter((curve) => curve.number === number));
  const line = (curve: Curve): Pick<Line, 'kind' | 'x' | 'y' | 'id' | 'end'> => {
    const { x, y } = curvePoints(chart, curve);
    const ended = curve.endedAt !== undefined;
    return {
      ...{ kind: 'line', id: curve.number, x, y: smoothed(y, weight) },
      ...(ended ? (curve.state === 'c' || curve.state === 'i' ? {} : { end: 'bar' as const }) : { end: 'open' as const }),
    };
  };
  for (const curve of rest)
    series.push({ ...line(curve), name: '', colour: stateLooks[curve.state].colour, width: 1, opacity: chosen.length > 0 ? 0.25 : 0.5 });
  for (const curve of named) {
    const look = curve.number % looks;
    series.push({ ...line(curve), name: `#${curve.number}`, colour: seriesColour(look), dash: seriesDash(look), width: 2 });
  }
  return series;
}

/** A chart with the curves of another one that it lacks: trials that a person chose and that are not in the sample. */
export function withCurves(chart: CurvesChart, extra: CurvesChart | undefined): CurvesChart {
  const added = extra?.curves.filter(({ number }) => !chart.curves.some((curve) => curve.number === number)) ?? [];
  if (extra === undefined || added.length === 0) return chart;
  const renamed = added.flatMap((curve, i) => {
    const own = `curves.${extra.curves.indexOf(curve)}.`;
    return Object.entries(extra.nonFinite ?? {}).flatMap(([name, what]) =>
      name.startsWith(own) ? [[`curves.${chart.curves.length + i}.${name.slice(own.length)}`, what] as const] : [],
    );
  });
  return { ...chart, curves: [...chart.curves, ...added], nonFinite: { ...chart.nonFinite, ...Object.fromEntries(renamed) } };
}

/** Points of a curve with its infinities. */
export function curvePoints(
  { curves, nonFinite }: CurvesChart,
  curve: Curve,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const path = `curves.${curves.indexOf(curve)}`;
  return { x: numbersOf(curve.step, `${path}.step`, nonFinite), y: numbersOf(curve.value, `${path}.value`, nonFinite) };
}

/**
 * Exponential moving mean that begins at the first value without a bias to zero (the debiasing of Adam: Kingma and Ba, 2015, section 3).
 * A value that is no finite number is left as it is and out of the mean.
 */
export function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight >= 1) return values;
  let sum = 0;
  let left = 1;
  return values.map((x) => {
    if (!Number.isFinite(x)) return x;
    sum = (1 - weight) * sum + weight * x;
    left *= 1 - weight;
    return sum / (1 - left);
  });
}

export function curveAxes({ axis, metric }: CurvesChart, log: boolean): { readonly x: PlotAxis; readonly y: PlotAxis } {
  return {
    x:
      axis === 'time'
        ? { kind: 'linear', label: 'Time since the attempt began', format: duration }
        : { kind: 'linear', label: 'Step', whole: true },
    y: { kind: log ? 'log' : 'linear', label: metric ?? 'reported value', clip: true },
  };
}

/** "Of 40 curves 12 end early; 3 still run. The last values go from 0.2 (trial 7) to 1.3 (trial 12)." */
export function curvesFinding(chart: CurvesChart): string {
  const { curves } = chart;
  if (curves.length === 0) return chart.total === 0 ? 'No trial has begun yet.' : 'No trial has reported a value yet.';
  const ended = curves.filter(({ state }) => state === 'p' || state === 'f' || state === 'x').length;
  const running = curves.filter(({ endedAt }) => endedAt === undefined).length;
  const parts = [
    ...(ended > 0 ? [`${ended} ended early`] : []),
    ...(running > 0 ? [`${running} still ${running === 1 ? 'runs' : 'run'}`] : []),
  ];
  const lasts = curves
    .map((curve) => ({ number: curve.number, last: curvePoints(chart, curve).y.findLast((y) => !Number.isNaN(y)) ?? Number.NaN }))
    .filter(({ last }) => !Number.isNaN(last))
    .toSorted((a, b) => a.last - b.last);
  const first = `${curves.length === 1 ? 'One curve' : `${curves.length} curves`}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`;
  const [low, high] = [lasts[0], lasts.at(-1)];
  if (low === undefined || high === undefined) return first;
  if (lasts.length === 1) return `${first} The last value is ${value(low.last)} (trial ${low.number}).`;
  return `${first} The last values go from ${value(low.last)} (trial ${low.number}) to ${value(high.last)} (trial ${high.number}).`;
}

export function curvesTable(chart: CurvesChart): Table {
  const { axis, metric } = chart;
  return {
    columns: ['trial', 'attempt', 'state', axis === 'time' ? 'ms' : 'step', metric ?? 'value'],
    rows: chart.curves.flatMap((curve) => {
      const { x, y } = curvePoints(chart, curve);
      return x.map((step, i) => [curve.number, curve.attempt, stateLooks[curve.state].name, step, y[i]]);
    }),
  };
}
