import type { FoldReturns } from '../../storage/validations/read-returns.ts';
import { type CellNumber, fractionColumn, numberColumn, numberIn } from './columns.ts';
import type { Column } from './table.ts';

/** One session of a fold's test part. */
export interface ReturnLine {
  readonly of: FoldReturns;
  /** From 0 within the fold. */
  readonly day: number;
  readonly return: CellNumber;
  /** Of an account that begins the fold with 1. */
  readonly equity: CellNumber;
}

export function returnLines(items: readonly FoldReturns[]): readonly ReturnLine[] {
  return items.flatMap((of) => {
    let equity = 1;
    return of.dailyReturns.map((given, day): ReturnLine => {
      const shown = numberIn(of, `dailyReturns.${day}`, given);
      equity *= 1 + Number(shown);
      return { of, day, return: shown, equity: Number.isFinite(equity) ? equity : (String(equity) as CellNumber) };
    });
  });
}

export const returnColumns: readonly Column<ReturnLine>[] = [
  { title: 'who', cell: ({ of }) => of.subject },
  numberColumn('seed', ({ of }) => of.seed),
  numberColumn('fold', ({ of }) => of.fold),
  { title: 'tested from', cell: ({ of }) => of.testStart.slice(0, 10), exact: ({ of }) => of.testStart },
  numberColumn('day', ({ day }) => day),
  fractionColumn('return', (line) => line.return),
  numberColumn('equity', ({ equity }) => equity, { digits: 6 }),
];
