import type { NonFinite, NonFiniteFlag } from '../../storage/readers/finite.ts';
import { formatDuration, formatNumber, formatPercent } from './format.ts';
import type { Column } from './table.ts';

/** Null where there is no value, as opposed to one that JSON cannot represent. */
export type CellNumber = number | NonFinite | null | undefined;

/** A number of a document, or its name where JSON cannot represent it. */
export function numberIn({ nonFinite }: NonFiniteFlag, name: string, value: number | null | undefined): CellNumber {
  return nonFinite?.[name] ?? value;
}

/** Rounded, as tables have it. */
export function formatCell(value: CellNumber, digits?: number): string {
  return typeof value === 'string' ? value : formatNumber(value, digits);
}

/** All its digits. */
export function exactCell(value: CellNumber): string {
  return String(value ?? '-');
}

type Options = Pick<Column<never>, 'expendable'> & { readonly digits?: number };

export function numberColumn<Row>(title: string, value: (row: Row) => CellNumber, { digits, ...rest }: Options = {}): Column<Row> {
  return { title, cell: (row) => formatCell(value(row), digits), exact: value, align: 'right', ...rest };
}

/** A fraction: a percentage for people, itself for machines. */
export function fractionColumn<Row>(title: string, fraction: (row: Row) => CellNumber, options: Options = {}): Column<Row> {
  const cell = (row: Row): string => {
    const given = fraction(row);
    return typeof given === 'string' ? given : formatPercent(given);
  };
  return { title, cell, exact: fraction, align: 'right', ...options };
}

/** Milliseconds for machines. */
export function durationColumn<Row>(title: string, ms: (row: Row) => number | null | undefined, options: Options = {}): Column<Row> {
  return { title, exactTitle: `${title}Ms`, cell: (row) => formatDuration(ms(row)), exact: ms, align: 'right', ...options };
}
