import type { FoldReturns } from '../../storage/validations/read-returns.ts';
import { type Figure, figureColumn, figureIn, fractionColumn } from './columns.ts';
import type { Column } from './table.ts';

/** One session of a fold's test part. */
export interface ReturnLine {
  readonly of: FoldReturns;
  /** From 0 within the fold. */
  readonly day: number;
  readonly return: Figure;
  /** Of an account that begins the fold with 1. */
  readonly equity: Figure;
}

export function returnLines(items: readonly FoldReturns[]): readonly ReturnLine[] {
  return items.flatMap((of) => {
    let equity = 1;
    return of.dailyReturns.map((given, day): ReturnLine => {
      const figure = figureIn(of, `dailyReturns.${day}`, given);
      equity *= 1 + Number(figure);
      return { of, day, return: figure, equity: Number.isFinite(equity) ? equity : (String(equity) as Figure) };
    });
  });
}

export const returnColumns: readonly Column<ReturnLine>[] = [
  { title: 'who', cell: ({ of }) => of.subject },
  figureColumn('seed', ({ of }) => of.seed),
  figureColumn('fold', ({ of }) => of.fold),
  { title: 'tested from', cell: ({ of }) => of.testStart.slice(0, 10), exact: ({ of }) => of.testStart },
  figureColumn('day', ({ day }) => day),
  fractionColumn('return', (line) => line.return),
  figureColumn('equity', ({ equity }) => equity, { digits: 6 }),
];
