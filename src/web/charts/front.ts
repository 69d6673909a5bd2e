import type { FrontChart } from '../../api/routes/charts/front.ts';
import { count } from '../../plot/format.ts';
import { stateMarkers } from '../../plot/palette.ts';
import { at, numbersOf, places } from './columns.ts';
import type { PlotAxis, Points, Series } from './marks.ts';
import type { Table } from './table.ts';

/** Each pair of objectives, in their order. */
export function objectivePairs({ objectives }: FrontChart): readonly (readonly [string, string])[] {
  const names = (objectives ?? []).map(({ name }) => name);
  return names.flatMap((first, i) => names.slice(i + 1).map((second) => [first, second] as const));
}

/** Trials over two objectives: the trade-offs, the other feasible ones, and those that break a constraint. */
export function frontSeries(chart: FrontChart, [first, second]: readonly [string, string]): readonly Series[] {
  const { values, number, onFront, feasible } = chart.points;
  const of = (name: string) => numbersOf(values[name], `points.values.${name}`, chart.nonFinite);
  const [x, y] = [of(first), of(second)];
  const points = (look: Pick<Points, 'name' | 'colour' | 'marker' | 'size' | 'opacity'>, indices: readonly number[]): readonly Points[] =>
    indices.length === 0 ? [] : [{ kind: 'points', ...look, x: at(x, indices), y: at(y, indices), ids: at(number, indices) }];
  const front = places(onFront, (is) => is);
  const rest = places(onFront, (is, i) => !is && feasible[i]!);
  const infeasible = places(feasible, (is, i) => !is && !onFront[i]!);
  const { complete, infeasible: plus } = stateMarkers;
  // In two objectives the trade-offs follow each other; in more they are no line.
  const joined = objectivePairs(chart).length === 1 ? front.toSorted((a, b) => x[a]! - x[b]!) : [];
  return [
    ...points({ name: 'infeasible', colour: 'var(--warn)', marker: plus, size: 6, opacity: 1 }, infeasible),
    ...points({ name: 'beaten by another trial', colour: 'var(--muted)', marker: complete, size: 5, opacity: 0.5 }, rest),
    ...(joined.length > 1
      ? [{ kind: 'line', name: '', colour: 'var(--series-1)', x: at(x, joined), y: at(y, joined), width: 1 } as const]
      : []),
    ...points({ name: 'trade-off', colour: 'var(--series-1)', marker: complete, size: 8, opacity: 1 }, front),
  ];
}

export function frontAxes({ objectives }: FrontChart, pair: readonly [string, string]): { readonly x: PlotAxis; readonly y: PlotAxis } {
  const axis = (name: string): PlotAxis => {
    const direction = objectives?.find((goal) => goal.name === name)?.direction;
    return { kind: 'linear', label: `${name} (${direction === 'maximize' ? 'higher' : 'lower'} is better)`, clip: true };
  };
  return { x: axis(pair[0]), y: axis(pair[1]) };
}

export function frontFinding({ size, used, points }: FrontChart): string {
  if (used === 0) return 'No trial is complete yet.';
  if (size === 0) return 'No trial meets its constraints.';
  const infeasible = points.feasible.filter((is) => !is).length;
  const broken = infeasible === 0 ? '' : ` ${count(infeasible)} of those drawn break a constraint.`;
  return `${count(size)} of ${count(used)} trials ${size === 1 ? 'is a trade-off' : 'are trade-offs'}: no trial beats ${size === 1 ? 'it' : 'them'} in every objective.${broken}`;
}

export function frontTable(chart: FrontChart): Table {
  const { points, objectives, nonFinite } = chart;
  const names = (objectives ?? []).map(({ name }) => name);
  const columns = names.map((name) => numbersOf(points.values[name], `points.values.${name}`, nonFinite));
  return {
    columns: ['trial', ...names, 'trade-off', 'feasible'],
    rows: points.number.map((number, i) => [number, ...columns.map((column) => column[i]), points.onFront[i], points.feasible[i]]),
  };
}
