import { counted } from '../../core/counted.ts';
import type { StressItem } from '../../storage/validations/checks-item.ts';
import type { FoldItem, ValidationItem } from '../../storage/validations/read-validation.ts';
import { followOneAnother } from '../../validation/chain-folds.ts';
import { type CellNumber, fractionColumn, numberColumn } from './columns.ts';
import type { Column } from './table.ts';

/** One line of the walk-forward table: a fold of a trial's seed, of a baseline, or all its folds in a row, the mean over its seeds. */
export interface FoldLine {
  readonly subject: string;
  readonly seed: string;
  readonly fold: string;
  readonly test: string;
  readonly metrics: Readonly<Record<string, CellNumber>>;
}

/** All folds in a row first, baselines beside them; with `everyFold` each evaluated fold below its subject. */
export function foldLines(items: readonly ValidationItem[], everyFold: boolean): FoldLine[] {
  const lines: FoldLine[] = [];
  for (const item of items) {
    const missing = item.folds.length < item.expected ? `, ${item.folds.length} of ${item.expected} done` : '';
    const row = `${inARow(item.folds)}, mean of ${new Set(item.folds.map(({ seed }) => seed)).size}${missing}`;
    lines.push({ subject: item.address, seed: 'all', fold: row, test: spanOf(item.folds), metrics: metricsOf(item) });
    if (everyFold) lines.push(...item.folds.map((fold) => lineOf(item.address, fold)));
    lines.push(...(item.checks?.stress ?? []).map((stress) => stressLine(stress, item)));
  }
  // Trials of one validation share their baselines.
  for (const baseline of items[0]?.baselines ?? []) {
    lines.push({
      subject: baseline.name,
      seed: '-',
      fold: inARow(baseline.folds),
      test: spanOf(baseline.folds),
      metrics: metricsOf(baseline),
    });
    if (everyFold) lines.push(...baseline.folds.map((fold) => lineOf(baseline.name, fold)));
  }
  return lines;
}

/** How the folds make one line: tests that overlap, as those of a cross-validation do, are averaged. */
function inARow(folds: readonly FoldItem[]): string {
  const seeds = [...new Set(folds.map(({ seed }) => seed))].map((seed) => folds.filter((fold) => fold.seed === seed));
  const count = new Set(folds.map(({ fold }) => fold)).size;
  return seeds.every(followOneAnother) ? `${count} in a row` : `${count} averaged`;
}

const day = (time: string) => time.slice(0, 10);

function lineOf(subject: string, fold: FoldItem): FoldLine {
  return {
    subject: `  ${subject}`,
    seed: fold.seed === null ? '-' : String(fold.seed),
    fold: String(fold.fold),
    test: `${day(fold.testStart)} .. ${day(fold.testEnd)}`,
    metrics: metricsOf(fold),
  };
}

/** The mean of the seeds under a stress, all folds one after the other. */
function stressLine({ kind, totalReturn, sharpeDaily, nonFinite = {} }: StressItem, { folds }: ValidationItem): FoldLine {
  return { subject: `  ${kind}`, seed: 'mean', fold: 'all', test: spanOf(folds), metrics: { totalReturn, sharpeDaily, ...nonFinite } };
}

/** The metrics, those that JSON cannot hold in words. An account whose days neither won nor lost has no share of days won. */
function metricsOf({ metrics, nonFinite = {} }: Pick<FoldItem, 'metrics' | 'nonFinite'>): FoldLine['metrics'] {
  const all = { ...metrics, ...nonFinite };
  return all['winRateDaily'] === 'NaN' && typeof all['totalReturn'] === 'number' ? { ...all, winRateDaily: null } : all;
}

function spanOf(folds: readonly FoldItem[]): string {
  const starts = folds.map((fold) => fold.testStart).sort();
  const ends = folds.map((fold) => fold.testEnd).sort();
  return starts.length === 0 ? '-' : `${day(starts[0]!)} .. ${day(ends.at(-1)!)}`;
}

const percentages = new Set(['totalReturn', 'maxDrawdown', 'winRateDaily', 'costs', 'exposure']);
const shown: readonly (readonly [metric: string, title: string, expendable?: number])[] = [
  ['totalReturn', 'return'],
  ['sharpeDaily', 'daily Sharpe'],
  ['maxDrawdown', 'drawdown'],
  ['winRateDaily', 'days won', 3],
  ['turnover', 'turnover/y', 2],
  ['costs', 'costs', 1],
];

/** `1.10 to 1.79`: the 95 % interval of a ratio of all folds, mean over the seeds. */
function intervalIn(metrics: FoldLine['metrics'], name: string, digits: number): string {
  const [low, high] = [metrics[`${name}Low`], metrics[`${name}High`]];
  return typeof low === 'number' && typeof high === 'number' ? `${low.toFixed(digits)} to ${high.toFixed(digits)}` : '-';
}

export const foldColumns: readonly Column<FoldLine>[] = [
  { title: 'who', cell: (line) => line.subject },
  { title: 'seed', cell: (line) => line.seed, align: 'right' },
  { title: 'fold', cell: (line) => line.fold },
  { title: 'tested on', cell: (line) => line.test },
  ...shown.map(([name, title, expendable]): Column<FoldLine> => {
    const metricOf = ({ metrics }: FoldLine) => metrics[name];
    const options = expendable === undefined ? {} : { expendable };
    return percentages.has(name) ? fractionColumn(title, metricOf, options) : numberColumn(title, metricOf, { digits: 3, ...options });
  }),
  // The last to be left out: a ratio without its interval says more than it knows.
  { title: 'daily, 95 %', cell: ({ metrics }) => intervalIn(metrics, 'sharpeDaily', 2), align: 'right', expendable: 5 },
  { title: 'annual, 95 %', cell: ({ metrics }) => intervalIn(metrics, 'sharpeAnnual', 1), align: 'right', expendable: 4 },
];

/** Says what the lines of a stress are beside the one above them; empty without them. */
export function sayStressed(items: readonly ValidationItem[]): readonly string[] {
  if (items.every(({ checks }) => (checks?.stress ?? []).length === 0)) return [];
  return [
    'figures of a trial are means over its seeds; those of a stress are of one account with the mean of their daily returns, which the gates judge',
  ];
}

/** Says how often the test days were looked at. */
export function sayLooks(looks: number | null): string {
  if (looks === null) return 'how often these test days were looked at is not known';
  return `${counted(looks, 'look')} at these test days over all studies, which is the number of models judged there; each is a chance to be lucky`;
}
