import { stripVTControlCharacters } from 'node:util';
import { csvCell } from '../../core/csv-cell.ts';
import type { Column, Exact } from './table.ts';

/** Rows as machines read them: every digit, one record a row. */

/** Tab-separated values with a header, for a pipe. Tabs and line ends inside a cell become spaces; a dash is what is not there. */
export function formatTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return `${columns.map(titleOf).join('\t')}\n${tsvLines(columns, rows)}`;
}

/** The same without the header, for what goes on. */
export function tsvLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const clean = (exact: Exact) => stripVTControlCharacters(String(exact ?? '-')).replace(/[\t\r\n]+/g, ' ');
  return rows.map((row) => `${columns.map((column) => clean(exactOf(column, row))).join('\t')}\n`).join('');
}

/** Comma-separated values (RFC 4180) with a header, for spreadsheets; what is not there is empty. */
export function formatCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const quoted = (exact: Exact): string => csvCell(stripVTControlCharacters(String(exact ?? '')));
  const line = (cells: readonly Exact[]): string => `${cells.map(quoted).join(',')}\r\n`;
  return [columns.map(titleOf), ...rows.map((row) => columns.map((column) => exactOf(column, row)))].map(line).join('');
}

function titleOf<Row>({ title, exactTitle = title }: Column<Row>): string {
  return exactTitle;
}

/** A number in the shortest form that reads back as the same. */
function exactOf<Row>({ cell, exact }: Column<Row>, row: Row): Exact {
  if (exact !== undefined) return exact(row);
  const text = cell(row);
  return text === '-' ? null : text;
}
