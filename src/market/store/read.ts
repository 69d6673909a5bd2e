import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { SharedTable } from '../../core/table.ts';
import { type AlignedBars, alignedBars, type BarColumns, barFields } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { calendarFromSessions } from '../calendars/from-data.ts';
import { calendarIds, sessionCalendarOf } from '../calendars/index.ts';
import { instrumentSchema } from '../instruments.ts';
import { checkLength, readColumns } from './column-files.ts';
import { assertLittleEndian, columnName, columnsFile, datasetFolder, datasetNames, manifestFile, restoreReplaced } from './layout.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** Manifests of all data sets of a data directory, sorted by name. Columns are not read. */
export function listDatasets(dataDir: string): Manifest[] {
  return datasetNames(dataDir).map((name) => readManifest(dataDir, name));
}

/**
 * Manifest of one data set, after checking every column against it.
 * @throws AssayError `not_found`; `data_invalid` if a file was changed, truncated or removed.
 */
export function showDataset(dataDir: string, name: string): Manifest {
  readWhole(loadDataset(dataDir, name));
  return readManifest(dataDir, name);
}

/**
 * Opens a data set: `time`, `session`, `NVDA.open`, ... in shared memory. Of format 2, each column is read, and checked against its hash,
 * when it is first used (see {@link readWhole}); the columns of format 1 are read at once. The table's `meta` is the manifest.
 * @throws AssayError `not_found`; `data_invalid`, here or at the first use of a column, if a file was changed, truncated or removed.
 */
export function loadDataset(dataDir: string, name: string): SharedTable {
  assertLittleEndian();
  const manifest = readManifest(dataDir, name);
  const folder = datasetFolder(dataDir, name);
  const of = { dataset: name, hint: remakeHint(name) };
  const { rows } = manifest;
  const table = { name, hash: manifest.hash, rows, meta: manifest as Json };
  if (manifest.format === 2) {
    for (const { file } of manifest.columns) checkLength({ ...of, path: join(folder, file), rows });
    return {
      ...table,
      columns: lazyColumns(
        manifest.columns.map((column) => [
          column.name,
          () => readColumns({ ...of, path: join(folder, column.file), rows, sha256: column.sha256 }),
        ]),
      ),
    };
  }
  const all = readColumns({ ...of, path: join(folder, columnsFile), rows: rows * manifest.columns.length, sha256: manifest.hash });
  return { ...table, columns: Object.fromEntries(manifest.columns.map((column, k) => [column, all.subarray(k * rows, (k + 1) * rows)])) };
}

/** Reads every column of a table that is not yet in memory, so that a later replacement on disk does not matter. Returns the table. */
export function readWhole(table: SharedTable): SharedTable {
  for (const column of Object.keys(table.columns)) void table.columns[column];
  return table;
}

/** Columns that are read when they are first used. A copy into another thread uses all of them. */
function lazyColumns(readers: readonly (readonly [string, () => Float64Array])[]): Record<string, Float64Array> {
  const columns: Record<string, Float64Array> = {};
  for (const [name, read] of readers) {
    let values: Float64Array | undefined;
    Object.defineProperty(columns, name, { enumerable: true, get: () => (values ??= read()) });
  }
  return columns;
}

/** @throws AssayError `not_found` without such a data set; `data_invalid` for a manifest that does not match its schema. */
export function readManifest(dataDir: string, name: string): Manifest {
  const folder = datasetFolder(dataDir, name);
  restoreReplaced(dataDir, name);
  if (!existsSync(folder)) {
    const known = datasetNames(dataDir);
    const there = known.length === 0 ? 'none exists yet; assay data generate makes one' : `there are: ${known.join(', ')}`;
    throw new AssayError('not_found', `no data set is named ${name}`, {
      hint: `${there}; assay data import <files> --name ${name} reads your bars`,
    });
  }
  const path = join(folder, manifestFile);
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new AssayError('data_invalid', `the manifest of the data set ${name} cannot be read: ${why}`, {
      place: path,
      hint: remakeHint(name),
      cause,
    });
  }
}

/** Members of a table's meta that {@link barsFromTable} needs; those of format 2 are optional. */
const barsMetaSchema = z.object({
  symbols: z.array(z.string()),
  barMs: z.number(),
  // Sets of format 1 were cut by regular hours alone.
  calendar: z
    .union([z.enum(['us-equities', 'utc-day']), z.object({ id: z.enum(calendarIds), version: z.int() })])
    .default('us-equities')
    .transform((stored) =>
      typeof stored === 'object' ? stored : ({ id: stored === 'us-equities' ? 'us-hours' : stored, version: 1 } as const),
    ),
  closingAuction: z.boolean().optional(),
  instruments: z.array(instrumentSchema.nullable()).optional(),
  contracts: z.array(z.object({ names: z.array(z.string()) }).nullable()).optional(),
});

/**
 * Bars of a loaded data set, as views of the same memory. Columns beside the five are read when they are first used.
 * @throws AssayError `data_invalid` for a table without bars, and for one that was cut by another version of its calendar.
 */
export function barsFromTable(table: SharedTable): AlignedBars {
  const meta = barsMetaSchema.safeParse(table.meta);
  if (!meta.success) throw new AssayError('data_invalid', `the table ${table.name} holds no bars: ${z.prettifyError(meta.error)}`);
  const { symbols, barMs, calendar, closingAuction, instruments, contracts } = meta.data;
  const column = (name: string): Float64Array => {
    const values = table.columns[name];
    if (values === undefined) throw new AssayError('data_invalid', `the table ${table.name} has no column ${name}`);
    return values;
  };
  const time = column('time');
  const session = column('session');
  return alignedBars({
    symbols,
    time,
    session,
    bars: symbols.map(
      (symbol) => Object.fromEntries(barFields.map((field) => [field, column(columnName(symbol, field))])) as unknown as BarColumns,
    ),
    barMs,
    calendar: calendar.id === 'from-data' ? calendarFromSessions(time, session, barMs) : calendarOf(table.name, calendar),
    ...(closingAuction === undefined ? {} : { closingAuction }),
    columns: symbols.map((symbol) => lazyColumns(extraNames(table, symbol).map((name) => [name, () => column(columnName(symbol, name))]))),
    ...(instruments === undefined ? {} : { instruments }),
    contracts: symbols.map((symbol, k) => {
      const names = contracts?.[k]?.names;
      if (names === undefined) return null;
      return { names, index: column(columnName(symbol, 'contract')), previousOpen: column(columnName(symbol, 'previousOpen')) };
    }),
  });
}

/** The calendar by which a data set was cut: another version would end its sessions elsewhere. */
function calendarOf(name: string, { id, version }: { readonly id: string; readonly version: number }): SessionCalendar {
  const calendar = sessionCalendarOf(id);
  if (calendar.version === version) return calendar;
  throw new AssayError(
    'data_invalid',
    `the data set ${name} was cut by version ${version} of the calendar ${id}; this program has version ${calendar.version}`,
    {
      hint: remakeHint(name),
    },
  );
}

const otherThanExtra = new Set<string>([...barFields, 'contract', 'previousOpen']);

/** Names of a symbol's columns beside its five and its contracts'. */
function extraNames(table: SharedTable, symbol: string): string[] {
  const prefix = columnName(symbol, '');
  return Object.keys(table.columns).flatMap((name) => {
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return own === '' || otherThanExtra.has(own) ? [] : [own];
  });
}

function remakeHint(name: string): string {
  return `import or generate it again under the same name with --replace (its manifest names the source): ${name}`;
}
