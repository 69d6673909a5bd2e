import type { TimelineChart } from '../../api/routes/charts/timeline.ts';
import { count, duration, percent } from '../../plot/format.ts';
import { numbersOf } from './columns.ts';
import { shortened } from './frame.ts';
import type { PlotAxis, Series, Spans } from './marks.ts';
import type { Table } from './table.ts';

type EndingLetter = NonNullable<TimelineChart['lanes'][number]['spans']>['ending'][number];

/** How attempts ended, in words and looks: told apart without colour, too. */
export const endingLooks: Readonly<Record<EndingLetter, Pick<Spans, 'name' | 'colour' | 'look'>>> = {
  c: { name: 'complete', colour: 'var(--ink)', look: 'solid' },
  p: { name: 'pruned', colour: 'var(--muted)', look: 'outline' },
  f: { name: 'failed', colour: 'var(--fail)', look: 'solid' },
  x: { name: 'cancelled', colour: 'var(--muted)', look: 'dashed' },
  l: { name: 'lease lost', colour: 'var(--fail)', look: 'dashed' },
  g: { name: 'given back', colour: 'var(--warn)', look: 'dashed' },
  w: { name: 'paused', colour: 'var(--warn)', look: 'outline' },
  k: { name: 'inherited by a fork', colour: 'var(--series-3)', look: 'outline' },
  r: { name: 'running', colour: 'var(--accent)', look: 'open' },
};

/** The attempt behind a bar. */
export interface Attempted {
  readonly lane: string;
  readonly number: number;
  readonly attempt: number;
  readonly start: number;
  /** Now, where it is under way. */
  readonly end: number;
  readonly ending: EndingLetter;
  readonly row: number;
}

/**
 * The first free row for each span, in the order of their beginnings: attempts of one lane that overlap lie in rows of their own, and no more
 * rows are used than overlap at once.
 */
export function rowsOf(spans: readonly { readonly start: number; readonly end: number }[]): readonly number[] {
  const order = spans.map((_, i) => i).sort((a, b) => spans[a]!.start - spans[b]!.start || a - b);
  const ends: number[] = [];
  const rows: number[] = spans.map(() => 0);
  for (const i of order) {
    const { start, end } = spans[i]!;
    const free = ends.findIndex((busyUntil) => busyUntil <= start);
    const row = free === -1 ? ends.length : free;
    ends[row] = Math.max(end, start);
    rows[i] = row;
  }
  return rows;
}

interface TimelineScene {
  readonly series: readonly Series[];
  readonly axes: { readonly x: PlotAxis; readonly y: PlotAxis };
  readonly rows: number;
  /** The attempts behind the bars of each series, by its place. */
  readonly attempts: readonly (readonly Attempted[])[];
}

/** Bars of attempts in lanes, or how busy each lane was where there are too many. The first lane is at the top. */
export function timelineScene(chart: TimelineChart): TimelineScene {
  const { origin, until, lanes } = chart;
  const labels: string[] = [];
  const attempts: Attempted[] = [];
  const dense: { x0: number; x1: number; row: number; busy: number }[] = [];
  for (const lane of lanes) {
    const first = labels.length;
    const mine = attemptsOf(chart, lane);
    const rows = rowsOf(mine);
    for (const [i, each] of mine.entries()) attempts.push({ ...each, row: first + rows[i]! });
    const t0 = lane.density?.t0.map((at) => origin + (at ?? 0)) ?? [];
    for (const [i, x0] of t0.entries()) dense.push({ x0, x1: t0[i + 1] ?? until, row: first, busy: lane.density!.busy[i]! });
    labels.push(shortened(lane.name, 24), ...Array.from({ length: Math.max(0, ...rows) }, () => ''));
  }
  // Row 0 is drawn at the top, where an axis has its high end.
  const height = (row: number): number => labels.length - 1 - row;
  const grouped = (Object.keys(endingLooks) as EndingLetter[])
    .map((letter) => attempts.filter(({ ending }) => ending === letter))
    .filter((group) => group.length > 0);
  const series = grouped.map((group): Series => {
    const columns = { x0: group.map(({ start }) => start), x1: group.map(({ end }) => end), y: group.map(({ row }) => height(row)) };
    return { kind: 'spans', ...endingLooks[group[0]!.ending], ...columns, ids: group.map(({ number }) => number) };
  });
  const busiest = Math.max(...dense.map(({ busy }) => busy));
  const cells: Series = {
    ...{ kind: 'cells', name: 'busy', colour: 'var(--series-1)', shade: dense.map(({ busy }) => (busiest > 0 ? busy / busiest : 0)) },
    ...{ x0: dense.map(({ x0 }) => x0), x1: dense.map(({ x1 }) => x1) },
    ...{ y0: dense.map(({ row }) => height(row) - 0.35), y1: dense.map(({ row }) => height(row) + 0.35) },
  };
  return {
    series: dense.length > 0 ? [cells, ...series] : series,
    attempts: dense.length > 0 ? [[], ...grouped] : grouped,
    rows: labels.length,
    axes: {
      x: { kind: 'time', label: 'Time (UTC)', range: [origin, Math.max(until, origin + 1)] },
      y: { kind: 'category', label: chart.by === 'worker' ? 'Worker' : 'Device', labels: labels.toReversed(), rows: true },
    },
  };
}

function attemptsOf({ origin, until, nonFinite, lanes }: TimelineChart, lane: TimelineChart['lanes'][number]): readonly Attempted[] {
  const { spans, name } = lane;
  if (spans === undefined) return [];
  const start = numbersOf(spans.start, `lanes.${lanes.indexOf(lane)}.spans.start`, nonFinite);
  return spans.number.map((number, i) => ({
    ...{ lane: name, number, attempt: spans.attempt[i]!, ending: spans.ending[i]!, row: 0 },
    ...{ start: origin + start[i]!, end: spans.end[i] === null ? until : origin + spans.end[i]! },
  }));
}

/** "4 workers, 160 attempts in 12 min; busy 83 % of the time. 2 leases were lost." */
export function timelineFinding(chart: TimelineChart): string {
  const { lanes, lanesTotal, origin, until, by } = chart;
  if (lanes.length === 0) return 'No attempt began in this range.';
  const n = lanes.reduce((sum, { attempts }) => sum + attempts, 0);
  const all = lanes.flatMap((lane) => attemptsOf(chart, lane));
  const lanesText = `${count(lanesTotal)} ${lanesTotal === 1 ? by : `${by}s`}`;
  const first = `${lanesText}, ${n === 1 ? 'one attempt' : `${count(n)} attempts`} in ${duration(until - origin)}`;
  if (lanes.some(({ density }) => density !== undefined))
    return `${first}, too many to be drawn one by one: a part of the time shows them.`;
  const busy =
    lanes.reduce((sum, lane) => sum + covered(attemptsOf(chart, lane), origin, until), 0) / (lanes.length * Math.max(1, until - origin));
  const lost = all.filter(({ ending }) => ending === 'l').length;
  const running = all.filter(({ ending }) => ending === 'r').length;
  return [
    `${first}; ${lanes.length === 1 ? 'busy' : 'on average busy'} ${percent(busy)} of the time.`,
    ...(lost > 0 ? [`${lost === 1 ? 'One lease was' : `${count(lost)} leases were`} lost.`] : []),
    ...(running > 0 ? [`${count(running)} still ${running === 1 ? 'runs' : 'run'}.`] : []),
  ].join(' ');
}

/** Time in which at least one of the spans is under way. */
export function covered(spans: readonly { readonly start: number; readonly end: number }[], from: number, to: number): number {
  let sum = 0;
  let reached = from;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const begins = Math.max(start, reached);
    const ends = Math.min(end, to);
    if (ends > begins) {
      sum += ends - begins;
      reached = ends;
    }
  }
  return sum;
}

export function timelineTable(chart: TimelineChart): Table {
  const iso = (at: number): string => new Date(at).toISOString();
  if (chart.lanes.some(({ density }) => density !== undefined))
    return {
      columns: [chart.by, 'from', 'under way'],
      rows: chart.lanes.flatMap(({ name, density }) =>
        (density?.t0 ?? []).map((at, i) => [name, iso(chart.origin + (at ?? 0)), density!.busy[i]]),
      ),
    };
  return {
    columns: [chart.by, 'trial', 'attempt', 'from', 'to', 'ended as'],
    rows: chart.lanes
      .flatMap((lane) => attemptsOf(chart, lane))
      .map(({ lane, number, attempt, start, end, ending }) => [
        lane,
        number,
        attempt,
        iso(start),
        ending === 'r' ? null : iso(end),
        endingLooks[ending].name,
      ]),
  };
}

/** A range that shows more or less around its middle, or what lies before or after. */
export function movedRange([from, to]: readonly [number, number], how: 'in' | 'out' | 'earlier' | 'later'): readonly [number, number] {
  const width = to - from;
  const by: Readonly<Record<typeof how, readonly [number, number]>> = {
    in: [width / 4, -width / 4],
    out: [-width / 2, width / 2],
    earlier: [-width / 2, -width / 2],
    later: [width / 2, width / 2],
  };
  const [a, b] = [Math.max(0, Math.round(from + by[how][0])), Math.round(to + by[how][1])];
  return [a, Math.max(a + 1, b)];
}
