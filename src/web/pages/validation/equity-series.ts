import type { Equity } from '../../../api/routes/charts/equity.ts';
import { seriesColour } from '../../../plot/palette.ts';
import type { Line, Series } from '../../charts/marks.ts';
import type { Table } from '../../charts/table.ts';

type Fold = Equity['folds'][number];
type Drawn = Fold['lines'][number];

/** `net`: as evaluated; `gross`: what it would have been with the costs given back. */
export type Costs = 'net' | 'gross';

const baselineDashes: readonly (readonly number[])[] = [
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
];

interface EquityChart {
  readonly equity: readonly Series[];
  readonly drawdown: readonly Series[];
}

/** Gain and drawdown of every seed and baseline, the folds one after the other on one account. `seed`: only this one beside the baselines. */
export function chartOf(
  { worstSeed, drawdownLimit }: Pick<Equity, 'worstSeed' | 'drawdownLimit'>,
  folds: readonly Fold[],
  { costs, seed }: { readonly costs: Costs; readonly seed: number | null },
): EquityChart {
  const lines = folds[0]?.lines ?? [];
  const seeds = lines.flatMap((line) => line.seed ?? []);
  const names = lines.filter((line) => line.seed === null).map(({ subject }) => subject);
  const drawn = [
    ...names.map((name, i) => {
      const style = { name, colour: 'var(--muted)', dash: baselineDashes[i % baselineDashes.length]!, width: 1.25 };
      return lineOf(folds, (line) => line.seed === null && line.subject === name, style, 'net', false);
    }),
    ...seeds.flatMap((of, i) => {
      if (seed !== null && of !== seed) return [];
      const isWorst = of === worstSeed;
      const style = { name: `seed ${of}${isWorst ? ', the worst' : ''}`, colour: seriesColour(i), width: isWorst ? 3 : 1.25 };
      return [lineOf(folds, (line) => line.seed === of, style, costs, costs === 'gross' && (isWorst || seed !== null))];
    }),
  ];
  const limit: readonly Series[] =
    drawdownLimit === null
      ? []
      : [{ kind: 'rule', on: 'y', at: -drawdownLimit, name: 'drawdown limit', colour: 'var(--fail)', dash: [4, 3] }];
  const borders = folds
    .slice(1)
    .map(({ testStart }): Series => ({ kind: 'rule', on: 'x', at: Date.parse(testStart), name: '', colour: 'var(--line)', dash: [] }));
  return {
    equity: [...borders, ...drawn.flatMap(({ shade }) => shade ?? []), ...drawn.map((one) => one.equity)],
    drawdown: [...borders, ...limit, ...drawn.map((one) => one.drawdown)],
  };
}

function lineOf(
  folds: readonly Fold[],
  wanted: (line: Drawn) => boolean,
  style: Pick<Line, 'name' | 'colour'> & Partial<Line>,
  costs: Costs,
  shaded: boolean,
): { readonly equity: Series; readonly drawdown: Series; readonly shade: Series | undefined } {
  const x: number[] = [];
  const net: number[] = [];
  const gross: number[] = [];
  let [account, before] = [1, 1];
  for (const fold of folds) {
    const line = fold.lines.find(wanted);
    if (line === undefined) continue;
    const paid = (i: number): number => line.costs?.[i] ?? 0;
    x.push(Date.parse(fold.testStart));
    net.push(account - 1);
    gross.push(before - 1);
    for (const [i, time] of timesOf(fold).entries()) {
      const worth = line.equity[i] ?? Number.NaN;
      x.push(time);
      net.push(account * worth - 1);
      gross.push(before * (worth + paid(i)) - 1);
    }
    const last = line.equity.at(-1) ?? Number.NaN;
    account *= last;
    before *= last + paid(line.equity.length - 1);
  }
  const y = costs === 'net' ? net : gross;
  return {
    equity: { kind: 'line', x, y, ...style },
    drawdown: { kind: 'line', x, y: drawdownOf(y), ...style },
    shade: shaded ? { kind: 'band', x, low: net, high: gross, name: 'what the costs take', colour: style.colour } : undefined,
  };
}

/** Times of the points of a fold; where the days are not known they are spread evenly over the test. */
function timesOf({ dates, testStart, testEnd, index, points }: Fold): readonly number[] {
  // A day's return is known at its end.
  if (dates !== null) return dates.map((date) => Date.parse(`${date.slice(0, 10)}T21:00:00Z`));
  const [start, end] = [Date.parse(testStart), Date.parse(testEnd)];
  return index.map((at) => start + ((end - start) * (at + 1)) / points);
}

/** Fall from the highest point so far, 0 or below. @param gains of an account that begins at 0 */
function drawdownOf(gains: readonly number[]): readonly number[] {
  let peak = 1;
  return gains.map((gain) => {
    if (Number.isNaN(gain)) return Number.NaN;
    peak = Math.max(peak, 1 + gain);
    return (1 + gain) / peak - 1;
  });
}

/** One range for charts that are compared, so that equal heights are equal figures. Holds 0. */
export function sharedRange(charts: readonly (readonly Series[])[]): readonly [number, number] {
  const all = charts
    .flat()
    .flatMap((series) => (series.kind === 'line' ? series.y : series.kind === 'band' ? [...series.low, ...series.high] : []));
  const finite = all.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const margin = 0.05 * (high - low || 1);
  return [low === 0 ? 0 : low - margin, high === 0 ? 0 : high + margin];
}

/** The numbers of both charts, a row for each point of each fold by itself. */
export function equityTable({ folds }: Pick<Equity, 'folds'>): Table {
  const rows = folds.flatMap((fold) => {
    const days = timesOf(fold).map((time) => new Date(time).toISOString().slice(0, 10));
    return fold.lines.flatMap(({ subject, seed, equity, drawdown, costs }) =>
      equity.map((worth, i) => [fold.fold, subject, seed, days[i], worth, drawdown[i] ?? null, costs?.[i] ?? null]),
    );
  });
  return { columns: ['fold', 'who', 'seed', 'day', 'account', 'drawdown', 'costs'], rows };
}
