import type { PathItem, TrialPaths } from '../../storage/validations/read-paths.ts';
import { type CellNumber, fractionColumn, numberColumn, numberIn } from './columns.ts';
import type { Column } from './table.ts';

/** One path of a trial's combinatorial validation. */
export interface PathLine {
  readonly address: string;
  readonly item: PathItem;
}

export function pathLines(all: readonly TrialPaths[]): readonly PathLine[] {
  return all.flatMap(({ address, items }) => items.map((item) => ({ address, item })));
}

const figure =
  (name: 'totalReturn' | 'sharpeDaily' | 'maxDrawdown') =>
  ({ item }: PathLine): CellNumber =>
    numberIn(item, name, item[name]);

export const pathColumns: readonly Column<PathLine>[] = [
  { title: 'who', cell: ({ address }) => address },
  numberColumn('seed', ({ item }) => item.seed),
  numberColumn('path', ({ item }) => item.path),
  numberColumn('days', ({ item }) => item.days),
  fractionColumn('return', figure('totalReturn')),
  numberColumn('daily Sharpe', figure('sharpeDaily'), { digits: 3 }),
  fractionColumn('drawdown', figure('maxDrawdown')),
];

/** The distribution of a trial's paths in one sentence, and what it is not. */
export function sayPaths({ address, seeds, asked, sharpeDaily, nonFinite, items, scheme }: TrialPaths): string {
  const shown = (name: 'p05' | 'p50' | 'p95') => {
    const value = sharpeDaily[name];
    return value === null ? (nonFinite?.[`sharpeDaily.${name}`] ?? 'unknown') : value.toPrecision(3);
  };
  return (
    `${address} ${scheme}: daily Sharpe ratio over ${items.length} paths of ${seeds.length} of ${asked} seeds: ` +
    `5 % ${shown('p05')}, median ${shown('p50')}, 95 % ${shown('p95')}; ` +
    'it shows robustness and is no evidence for a promotion: training lies also behind the tests'
  );
}
