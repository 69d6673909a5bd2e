import type { HistoryChart } from '../../api/routes/charts/history.ts';
import type { Chart, Layer, PointLayer } from '../../plot/chart.ts';
import { countOf, plainPercent, value } from '../../plot/format.ts';
import { type Marker, stateMarkers, type Token } from '../../plot/palette.ts';

/** How trials in a state are drawn; those that are drawn later stand above. */
const looks: readonly (readonly [letter: string, name: string, marker: Marker, colour: Token])[] = [
  ['x', 'cancelled', { shape: 'square', filled: false }, 'muted'],
  ['f', 'failed', stateMarkers.failed, 'fail'],
  ['p', 'pruned', stateMarkers.pruned, 'muted'],
  ['i', 'infeasible', stateMarkers.infeasible, 'warn'],
  ['c', 'complete', stateMarkers.complete, 'series-1'],
  ['w', 'paused', { shape: 'triangle', filled: false }, 'series-3'],
  ['r', 'running', stateMarkers.running, 'series-3'],
];

/** Values of the trials by number or time, with the best so far. */
export function historyOf(study: string, chart: HistoryChart, logarithmic: boolean): Chart {
  const { axis, best, bins, x = [], y = [], state = [] } = chart;
  const figure = chart.metric ?? chart.objective ?? 'value';
  const points = looks.flatMap(([letter, name, marker, colour]): PointLayer[] => {
    const places = state.flatMap((each, i) => (each === letter ? [i] : []));
    return places.length === 0
      ? []
      : [{ kind: 'points', x: places.map((i) => x[i]!), y: places.map((i) => y[i]!), marker, colour, name, opacity: 0.8 }];
  });
  const last = Math.max(...[...x, ...(bins?.x1 ?? [])].filter((each) => each !== null), Number.NEGATIVE_INFINITY);
  const sofar: Layer = {
    kind: 'line',
    stepped: true,
    x: [...best.x, last],
    y: [...best.y, best.y.at(-1) ?? null],
    colour: 'series-2',
    width: 2,
    name: 'best so far',
  };
  const layers: Layer[] = bins === undefined ? points : binLayers(bins);
  return {
    kind: 'xy',
    title: `${study}: ${figure} by ${axis === 'time' ? 'time' : 'trial'}`,
    finding: findingOf(chart, figure),
    note: noteOf(chart, logarithmic),
    x: axis === 'time' ? { label: 'time (UTC)', kind: 'time' } : { label: 'trial', kind: 'linear', includes: [0], whole: true },
    panels: [{ y: { label: figure, kind: logarithmic ? 'log' : 'linear' }, layers: [...layers, sofar], share: 1 }],
  };
}

function binLayers(bins: NonNullable<HistoryChart['bins']>): Layer[] {
  const x = bins.x0.map((x0, i) => (x0! + bins.x1[i]!) / 2);
  const barWidth = bins.x1[0]! - bins.x0[0]!;
  return [
    { kind: 'band', x, low: bins.min, high: bins.max, barWidth, colour: 'muted', name: 'lowest to highest' },
    { kind: 'band', x, low: bins.q1, high: bins.q3, barWidth, colour: 'series-1', name: 'middle half' },
    { kind: 'line', x, y: bins.median, colour: 'series-1', name: 'median' },
  ];
}

function findingOf({ best, nonFinite, used }: HistoryChart, figure: string): string {
  const at = best.number.length - 1;
  const number = best.number[at];
  if (number === undefined) return 'No trial is complete and feasible yet.';
  return `The best ${figure} is ${value(best.y[at] ?? Number(nonFinite?.[`best.y.${at}`]))}, of trial ${number}${used > 1 ? `; ${improvedOf(best.of - 1)}` : ''}.`;
}

function improvedOf(times: number): string {
  if (times === 0) return 'no trial after the first was better';
  return `the best was improved ${times === 1 ? 'once' : `${times} times`}`;
}

function noteOf({ shown, used, total, reduced, x = [], y = [] }: HistoryChart, logarithmic: boolean): string {
  const parts = [countOf(used, total, 'trials')];
  if (used < total) parts.push('the others have no value');
  if (reduced === 'bins') parts.push('summed up in bins');
  const endless = y.filter((each, i) => each === null && x[i] !== null).length;
  if (endless > 0) parts.push(`infinite and not drawn: ${endless} of ${shown}`);
  const below = logarithmic ? y.filter((each) => each !== null && each <= 0).length : 0;
  if (below > 0) parts.push(`not above 0, so without a place on this axis: ${below} of ${shown}`);
  return `${parts.join('; ')}.`;
}

/** `12 %`. */
export const wholePercent = (share: number): string => plainPercent(Math.round(100 * share) / 100).replace('.00', '');
