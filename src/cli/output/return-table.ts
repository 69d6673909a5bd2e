import { counted } from '../../core/counted.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
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

/** One session of the inner validation part. */
export interface InnerReturnLine {
  readonly day: string;
  readonly return: number;
  /** Of an account that begins with 1. */
  readonly equity: number;
}

export function innerReturnLines(inner: DailyReturns | null): readonly InnerReturnLine[] {
  let equity = 1;
  return (inner?.returns ?? []).map((given, i) => {
    equity *= 1 + given;
    return { day: inner?.days[i] ?? '', return: given, equity };
  });
}

export const innerReturnColumns: readonly Column<InnerReturnLine>[] = [
  { title: 'day', cell: ({ day }) => day },
  fractionColumn('return', (line) => line.return),
  numberColumn('equity', ({ equity }) => equity, { digits: 6 }),
];

/** Says how many days, from when to when. */
export function sayDays({ days }: DailyReturns): string {
  return `${counted(days.length, 'day')}, ${days[0]} to ${days.at(-1)}`;
}
