import type { ChartAxis } from '../../api/routes/charts/common.ts';
import type { SliceChart } from '../../api/routes/charts/slice.ts';
import { count, value } from '../../plot/format.ts';
import { numbersOf } from './columns.ts';
import { shortened } from './frame.ts';
import { valueName } from './history.ts';
import type { PlotAxis, Series } from './marks.ts';
import { pointsByState, stateLooks } from './states.ts';
import type { Table } from './table.ts';

type Sliced = SliceChart['params'][number];

/** The axis of a parameter: log where the space says log, categories as bands. */
export function paramAxis({ name, kind, log, labels, low, high }: ChartAxis): PlotAxis {
  const label = shortened(name, 32);
  if (labels !== undefined) return { kind: 'category', label, labels: labels.map(String) };
  return { kind: log ? 'log' : 'linear', label, whole: kind === 'int', include: [low, high] };
}

/** A point in a band of categories: beside its place, so that equal choices do not lie on each other; the same in each drawing. */
const spread = (place: number, number: number): number => place + ((((number * 0.618034) % 1) + 1) % 1) * 0.6 - 0.3;

/** Trials over the values of one parameter, with the quartiles of all. */
export function sliceSeries(chart: SliceChart, at: number): readonly Series[] {
  const param = chart.params[at]!;
  const of = (column: readonly (number | null)[], name: string) => numbersOf(column, `params.${at}.${name}`, chart.nonFinite);
  const { medianBand: band } = param;
  const raw = of(param.x, 'x');
  const x = param.labels === undefined ? raw : raw.map((place, i) => spread(place, param.number[i]!));
  const points = pointsByState({ x, y: of(param.y, 'y'), number: param.number, state: param.state }, { size: 5 });
  const [bandX, low, mid, high] = [
    of(band.x, 'medianBand.x'),
    of(band.low, 'medianBand.low'),
    of(band.mid, 'medianBand.mid'),
    of(band.high, 'medianBand.high'),
  ];
  const colour = 'var(--series-1)';
  if (param.labels !== undefined)
    return [
      ...points,
      { kind: 'whiskers', name: 'quartiles', colour, x: bandX, low, high },
      { kind: 'points', name: 'median', colour, x: bandX, y: mid, marker: { shape: 'square', filled: true }, size: 8 },
    ];
  return [
    { kind: 'band', name: 'quartiles', colour, x: bandX, low, high },
    ...points,
    { kind: 'line', name: 'median', colour, x: bandX, y: mid, width: 2 },
  ];
}

export function sliceAxes(chart: SliceChart, at: number): { readonly x: PlotAxis; readonly y: PlotAxis } {
  const { y, state } = chart.params[at]!;
  const complete = numbersOf(y, `params.${at}.y`, chart.nonFinite).filter((each, i) => state[i] === 'c' && Number.isFinite(each));
  // What is best is always on the scale.
  const include = complete.length === 0 ? [] : [chart.direction === 'maximize' ? Math.max(...complete) : Math.min(...complete)];
  return {
    x: paramAxis(chart.params[at]!),
    y: { kind: 'linear', label: shortened(valueName(chart), 24), clip: true, bulk: complete, include },
  };
}

/** Number of trials below which "the best tenth" says nothing. */
const leastForTenth = 20;

/** "The best tenth of 120 trials lies between 5e-4 and 2e-3." */
export function sliceFinding(chart: SliceChart, at: number): string {
  return bestOfSlice(chart, at) + leftOut([chart.params[at]!]);
}

/** " The 48 most used of 500 values of opt are drawn.", or nothing. */
export function leftOut(axes: readonly ChartAxis[]): string {
  return axes
    .flatMap(({ name, labels, labelsTotal }) =>
      labelsTotal === undefined
        ? []
        : [` The ${count(labels?.length ?? 0)} most used of ${count(labelsTotal)} values of ${name} are drawn.`],
    )
    .join('');
}

function bestOfSlice({ params, direction, nonFinite }: SliceChart, at: number): string {
  const { x, y, state, used, labels, name } = params[at]!;
  const places = numbersOf(x, `params.${at}.x`, nonFinite);
  const values = numbersOf(y, `params.${at}.y`, nonFinite);
  const sign = direction === 'maximize' ? -1 : 1;
  const ranked = values
    .map((each, i) => ({ each, place: places[i]! }))
    .filter(({ each, place }, i) => state[i] === 'c' && !Number.isNaN(each) && !Number.isNaN(place))
    .sort((a, b) => (a.each === b.each ? 0 : sign * (a.each - b.each)));
  if (ranked.length === 0) return `No complete trial has ${name}.`;
  if (ranked.length < leastForTenth) return `The best of ${used} trials has ${labelOf(ranked[0]!.place, labels)}.`;
  const best = ranked.slice(0, Math.ceil(ranked.length / 10)).map(({ place }) => place);
  if (labels !== undefined) {
    const n = (place: number): number => best.filter((each) => each === place).length;
    const most = best.reduce((a, b) => (n(b) > n(a) ? b : a));
    return `${n(most)} of the best ${best.length} have ${labelOf(most, labels)}.`;
  }
  const [low, high] = [Math.min(...best), Math.max(...best)];
  return low === high ? `All of the best tenth have ${value(low)}.` : `The best tenth lies between ${value(low)} and ${value(high)}.`;
}

const labelOf = (place: number, labels: Sliced['labels']): string => (labels === undefined ? value(place) : String(labels[place]));

export function sliceTable(chart: SliceChart, at: number): Table {
  const { name, labels, number, state, x, y } = chart.params[at]!;
  const values = numbersOf(y, `params.${at}.y`, chart.nonFinite);
  return {
    columns: ['trial', 'state', name, valueName(chart)],
    rows: number.map((each, i) => {
      const place = x[i] ?? null;
      return [each, stateLooks[state[i]!].name, place === null || labels === undefined ? place : labels[place], values[i]];
    }),
  };
}
