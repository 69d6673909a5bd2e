import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { Chart, Layer } from '../../plot/chart.ts';
import { countOf } from '../../plot/format.ts';
import { stateMarkers, type Token } from '../../plot/palette.ts';

const looks = { r: ['running', 'series-3'], w: ['paused', 'series-3'], p: ['pruned', 'muted'], f: ['failed', 'fail'] } as const;
const complete = ['complete', 'series-1'] as const;

/** Intermediate values of trials, and the deciles of all. */
export function curvesOf(study: string, chart: CurvesChart): Chart {
  const { axis, band, curves, metric, shown, total, used } = chart;
  const figure = metric ?? 'reported value';
  const lines = curves.map(({ state, step, value }): Layer => {
    const [name, colour]: readonly [string, Token] = looks[state as 'r'] ?? complete;
    return { kind: 'line', x: step, y: value, colour, name, width: 1.25, opacity: 0.6 };
  });
  const pruned = curves.filter(({ state }) => state === 'p');
  const ends: Layer = {
    kind: 'points',
    x: pruned.map(({ step }) => step.at(-1) ?? null),
    y: pruned.map(({ value }) => value.at(-1) ?? null),
    marker: stateMarkers.pruned,
    colour: 'muted',
  };
  const all: Layer[] = [
    { kind: 'band', x: band.step, low: band.q10, high: band.q90, colour: 'series-1', name: 'from the 10th to the 90th percentile' },
    ...lines,
    { kind: 'line', x: band.step, y: band.q50, colour: 'ink', width: 2, dash: [7, 3], name: 'median' },
    ...(pruned.length === 0 ? [] : [ends]),
  ];
  const note = [`${countOf(shown, used, 'trials with reports')} drawn`];
  if (used < total) note.push(`${total - used} without reports`);
  if (band.trials < band.of) note.push(`percentiles from a sample of ${band.trials}`);
  return {
    kind: 'xy',
    title: `${study}: ${figure} by ${axis}`,
    finding: used === 0 ? 'No trial has reported yet.' : `${pruned.length} of the ${shown} curves ended early.`,
    note: `${note.join('; ')}.`,
    x: { label: axis === 'time' ? 'milliseconds since the attempt began' : 'step', kind: 'linear' },
    panels: [{ y: { label: figure, kind: 'linear' }, layers: all, share: 1 }],
  };
}
