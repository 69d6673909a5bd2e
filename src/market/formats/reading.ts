import { AssayError } from '../../core/errors.ts';
import { layoutsOfHeaders, layoutsOfValues, separatorOf } from './detect.ts';
import { contractFieldsOf, extraFieldsOf } from './extra-fields.ts';
import { checkColumnNames, fieldsByName, fieldsByPosition, normalised, type TableFields } from './header.ts';
import { headerLinesOf, type TextRow } from './header-lines.ts';
import type { FieldRole, Layout } from './layouts/layout.ts';
import { type NumberFormat, numberFormatOf } from './numbers.ts';
import { createRowCutter, type Dialect, endless, fieldText, mostRowBytes } from './rows.ts';
import { type DateOrder, hasOpenDateOrder, readStamp, type StampKind, shownDateOrder } from './stamps.ts';
import { saidByTimeHeaders } from './time-header.ts';

/** What is declared about a file; everything that is not is seen in the file, or asked for. */
export interface DeclaredFormat {
  readonly layout?: Layout | undefined;
  /** Columns by position. */
  readonly fields?: readonly FieldRole[] | undefined;
  /** Headers by column: { close: 'Settle' }. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  readonly symbolColumn?: string | undefined;
  readonly zone?: string | undefined;
  readonly stamp?: 'start' | 'end' | undefined;
  readonly order?: 'ascending' | 'descending' | undefined;
  readonly dates?: DateOrder | undefined;
  readonly decimal?: 'point' | 'comma' | undefined;
  readonly volume?: 'none' | undefined;
  /** Headers by name of columns beside the five: { ofi: 'OFI' }. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

/** Where a fact about a file is from. */
export type Origin = 'declared' | 'layout' | 'header' | 'file' | 'assumed';

/** How a file is read, and why so. */
export interface Reading {
  readonly dialect: Dialect;
  readonly layout: Layout | null;
  readonly layoutFrom: Origin | null;
  readonly fields: TableFields;
  readonly hasHeader: boolean;
  /** Rows before the first bar, and how many of them were of no use. */
  readonly leadRows: number;
  readonly leftOutLines: number;
  readonly numbers: NumberFormat;
  /** True if prices count billionths. */
  readonly fixedPoint: boolean;
  readonly stampKind: StampKind;
  /** Order of day and month, of dates that end with the year; `open` where the beginning of the file does not show it. */
  readonly dates: DateOrder | 'open' | null;
  /** Zone of stamps without an offset; null where none is known. */
  readonly zone: string | null;
  readonly zoneFrom: Origin;
  readonly stamp: 'start' | 'end';
  readonly stampFrom: Origin;
  readonly order: 'ascending' | 'descending' | null;
  readonly orderFrom: Origin;
}

/** Bytes of the beginning of a file from which it is decided how to read it. */
export const headBytes = mostRowBytes;
const mostHeadRows = 200;

/**
 * Decides how to read a table from its beginning.
 * @param head the first bytes, up to {@link headBytes}; `isWhole` if there are no more.
 * @throws AssayError `data_invalid` or `usage` for what the beginning leaves open or contradicts. The hint names the layouts that it looks like.
 */
export function readingOf(head: Buffer, isWhole: boolean, declared: DeclaredFormat, path: string): Reading {
  const dialect = dialectOf(head, isWhole, declared.layout, path);
  const rows = headRows(head, isWhole, dialect, path);
  try {
    return decide(rows, dialect, declared, path);
  } catch (error) {
    throw declared.layout === undefined ? withSuggestion(error, rows, dialect.separator) : error;
  }
}

function decide(rows: readonly TextRow[], dialect: Dialect, declared: DeclaredFormat, path: string): Reading {
  checkColumnNames(declared.columns ?? {});
  const lines = headerLinesOf(rows, path);
  const found = lines.headers === null ? undefined : layoutsOfHeaders(lines.headers).find((layout) => layout.distinct);
  const layout = declared.layout ?? found ?? null;
  const known = fieldsOf(rows, lines, layout, declared, path);
  const extra = [...extraFieldsOf(declared.extra ?? {}, known, `${path}:${lines.line}`), ...contractFieldsOf(known)];
  const fields = { ...known, extra };
  const sample = rows.slice(lines.rows).map((row) => row.fields);
  if (sample.length === 0)
    throw new AssayError('data_invalid', rows.length === 0 ? 'the file is empty' : 'the file holds a header but no bars', {
      place: path,
      hint: 'one line per bar is expected, and a header line before them',
    });
  const stamps = sample.map((row) => fields.stamp.map((index) => row[index] ?? '').join(' '));
  const dates = declared.dates ?? layout?.dates ?? stamps.map(shownDateOrder).find((order) => order !== null) ?? null;
  const isOpen = dates === null && hasOpenDateOrder(stamps[0]!);
  const stamp = readStamp(stamps[0]!, isOpen ? 'dmy' : dates);
  if ('problem' in stamp)
    throw new AssayError('data_invalid', stamp.problem, { place: `${path}:${rows[lines.rows]!.line}, column datetime`, hint: stamp.hint });

  const said = saidByTimeHeaders(lines.headers === null ? [] : fields.stamp.map((index) => fields.names[index]!));
  const isNamed = stamp.kind === 'local' || stamp.kind === 'date';
  const zone = first<string>([declared.zone, 'declared'], [isNamed ? said.zone : null, 'header'], [layout?.zone, 'layout']);
  const stampAt = first<'start' | 'end'>(
    [declared.stamp, 'declared'],
    [said.stamp, 'header'],
    [layout?.stamp, 'layout'],
    ['start', 'assumed'],
  );
  const order = declared.order ?? null;
  const prices = sample.flatMap((row) =>
    fields.values.flatMap((one) => [one.open, one.high, one.low, one.close].map((index) => row[index] ?? '')),
  );
  return {
    dialect,
    layout,
    layoutFrom: layout === null ? null : layout === declared.layout ? 'declared' : 'header',
    fields,
    hasHeader: lines.headers !== null && declared.fields === undefined,
    leadRows: lines.rows,
    leftOutLines: lines.leftOut + (declared.fields !== undefined && lines.headers !== null ? 1 : 0),
    numbers: numberFormatOf(prices, declared.decimal ?? layout?.decimal),
    fixedPoint: layout?.fixedPoint === true && prices.find((price) => price !== '')?.includes('.') === false,
    stampKind: stamp.kind,
    dates: isOpen ? 'open' : dates,
    zone: isNamed ? zone.value : null,
    zoneFrom: isNamed ? zone.from : 'file',
    stamp: stampAt.value!,
    stampFrom: stampAt.from,
    order,
    orderFrom: order === null ? 'file' : 'declared',
  };
}

function fieldsOf(
  rows: readonly TextRow[],
  lines: ReturnType<typeof headerLinesOf>,
  layout: Layout | null,
  declared: DeclaredFormat,
  path: string,
): Omit<TableFields, 'extra'> {
  const volume = declared.volume ?? layout?.volume;
  const columns = { names: declared.columns ?? {}, volume, symbolColumn: declared.symbolColumn };
  const roles = declared.fields ?? (lines.headers === null ? layout?.fields : undefined);
  if (roles !== undefined) {
    const row = rows[lines.rows];
    if (row !== undefined && row.fields.length !== roles.length && !isTrailing(row.fields, roles.length))
      throw new AssayError('data_invalid', `the line has ${row.fields.length} fields, and ${roles.length} columns are named by position`, {
        place: `${path}:${row.line}`,
        hint: `name every column, and - for one that is left out: --columns ${roles.join(',')}${',-'.repeat(Math.max(0, row.fields.length - roles.length))}`,
      });
    return fieldsByPosition(roles, columns);
  }
  if (lines.headers === null) throw withoutHeader(rows[lines.rows] ?? rows[0], path);
  const headers = lines.headers;
  // Quotes, case and brackets of a header differ between versions of a program.
  const inFile = (part: string): string | undefined =>
    headers.includes(part) ? part : headers.find((header) => normalised(header) === normalised(part));
  const ofLayout = Object.fromEntries(
    Object.entries(layout?.names ?? {}).flatMap(([name, header]) => {
      const parts = header.split('+').map(inFile);
      return parts.includes(undefined) ? [] : [[name, parts.join('+')]];
    }),
  );
  const { symbol: symbolColumn, ...others } = ofLayout;
  const preferred = layout?.preferredVolume === undefined ? undefined : inFile(layout.preferredVolume);
  const names = preferred !== undefined && isFilled(rows.slice(lines.rows), headers, preferred) ? { ...others, volume: preferred } : others;
  return fieldsByName(
    headers,
    lines.symbols,
    { ...columns, names: { ...names, ...columns.names }, symbolColumn: columns.symbolColumn ?? symbolColumn },
    `${path}:${lines.line}`,
  );
}

/** True if a column is there and not 0 throughout. */
function isFilled(rows: readonly TextRow[], headers: readonly string[], header: string): boolean {
  const index = headers.indexOf(header);
  return index >= 0 && rows.some(({ fields }) => Number(fields[index]) > 0);
}

function withoutHeader(row: TextRow | undefined, path: string): AssayError {
  if (row === undefined)
    return new AssayError('data_invalid', 'the file is empty', {
      place: path,
      hint: 'one line per bar is expected, and a header line before them',
    });
  const { fields, line } = row;
  const time = fields.length >= 7 && !/\d{9}|\d[ T]\d/.test(fields[0]!) ? 'date,time' : 'datetime';
  const more = Math.max(0, fields.length - 5 - time.split(',').length);
  return new AssayError('data_invalid', `the file has no header line; it begins with the values ${fields.slice(0, 3).join(', ')}`, {
    place: `${path}:${line}`,
    hint: `name the columns in their order, - for one that is left out: --columns ${time},open,high,low,close,volume${',-'.repeat(more)}`,
  });
}

/** True if all fields behind the first `n` are empty: a separator at the end of the line. */
export function isTrailing(fields: readonly string[], n: number): boolean {
  return fields.length > n && fields.slice(n).every((field) => field === '');
}

function dialectOf(head: Buffer, isWhole: boolean, layout: Layout | undefined, path: string): Dialect {
  const feed = head.indexOf('\n');
  const carriageReturn = head.indexOf('\r');
  const lineEnd = feed < 0 && carriageReturn >= 0 ? '\r' : '\n';
  if (!isWhole && head.indexOf(lineEnd) < 0) throw endless(path, 1);
  const lines = head
    .toString('utf8')
    .split(lineEnd)
    .slice(0, mostHeadRows)
    .filter((line) => line.trim() !== '');
  // The last line may be cut in two.
  const whole = isWhole || lines.length < 2 ? lines : lines.slice(0, -1);
  // A layout's own separator, unless the file has none of it.
  const separator = layout?.separator;
  return { lineEnd, separator: separator !== undefined && whole[0]?.includes(separator) === true ? separator : separatorOf(whole) };
}

function headRows(head: Buffer, isWhole: boolean, dialect: Dialect, path: string): readonly TextRow[] {
  const rows: TextRow[] = [];
  const cutter = createRowCutter(dialect, path, (row) => {
    if (rows.length < mostHeadRows)
      rows.push({ fields: Array.from({ length: row.n }, (_, field) => fieldText(row, field)), line: row.line });
  });
  cutter.push(head);
  if (isWhole) cutter.end();
  return rows;
}

/** The error, with the layouts that the rows look like in its hint. */
export function withSuggestion(error: unknown, rows: readonly TextRow[], separator: string): unknown {
  if (!(error instanceof AssayError) || (error.code !== 'data_invalid' && error.code !== 'usage')) return error;
  const seen = new Set(
    rows.slice(0, 5).flatMap(({ fields }) => [...layoutsOfHeaders(fields), ...layoutsOfValues(fields, separator)].map((one) => one.id)),
  );
  if (seen.size === 0) return error;
  const named = [...seen].map((id) => `--layout ${id}`).join(' or ');
  return new AssayError(error.code, error.message, {
    ...(error.place === undefined ? {} : { place: error.place }),
    hint: `${error.hint === undefined ? '' : `${error.hint}; `}the file looks like ${named}`,
    cause: error.cause,
  });
}

function first<Value>(...candidates: readonly (readonly [Value | null | undefined, Origin])[]): { value: Value | null; from: Origin } {
  const found = candidates.find(([value]) => value !== null && value !== undefined);
  return found === undefined ? { value: null, from: 'assumed' } : { value: found[0]!, from: found[1] };
}
