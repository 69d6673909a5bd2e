import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type Json, sha256 } from '../../core/json.ts';
import type { SharedTable } from '../../core/table.ts';
import { type AlignedBars, alignedBars, type BarColumns, barFields } from '../bars.ts';
import { calendarIds, sessionCalendarOf } from '../calendars/index.ts';
import { assertLittleEndian, columnsFile, datasetFolder, datasetNames, manifestFile, restoreReplaced } from './layout.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** Manifests of all data sets of a data directory, sorted by name. Columns are not read. */
export function listDatasets(dataDir: string): Manifest[] {
  return datasetNames(dataDir).map((name) => readManifest(dataDir, name));
}

/** Manifest of one data set, after checking its columns against it. */
export function showDataset(dataDir: string, name: string): Manifest {
  loadDataset(dataDir, name);
  return readManifest(dataDir, name);
}

/**
 * Loads the columns of a data set into shared memory, checked against the manifest's hash: `time`, `session`, `NVDA.open`, ...
 * The table's `meta` is the manifest.
 * @throws AssayError `not_found`; `data_invalid` if a file was changed, truncated or removed.
 */
export function loadDataset(dataDir: string, name: string): SharedTable {
  assertLittleEndian();
  const manifest = readManifest(dataDir, name);
  const path = join(datasetFolder(dataDir, name), columnsFile);
  const memory = readShared(path, manifest.columns.length * manifest.rows * Float64Array.BYTES_PER_ELEMENT, name);
  if (sha256(new Uint8Array(memory)) !== manifest.hash)
    throw new AssayError('data_invalid', `the columns of the data set ${name} have changed since they were written`, {
      place: path,
      hint: remakeHint(name),
    });
  return {
    name,
    hash: manifest.hash,
    rows: manifest.rows,
    columns: Object.fromEntries(
      manifest.columns.map((column, index) => [
        column,
        new Float64Array(memory, index * manifest.rows * Float64Array.BYTES_PER_ELEMENT, manifest.rows),
      ]),
    ),
    meta: manifest as Json,
  };
}

/** @throws AssayError `not_found` without such a data set; `data_invalid` for a manifest that does not match its schema. */
export function readManifest(dataDir: string, name: string): Manifest {
  const folder = datasetFolder(dataDir, name);
  restoreReplaced(dataDir, name);
  if (!existsSync(folder)) {
    const known = datasetNames(dataDir);
    throw new AssayError('not_found', `no data set is named ${name}`, {
      hint: known.length === 0 ? 'none exists yet: assay data generate, or assay data import' : `there are: ${known.join(', ')}`,
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

/** Members of a table's meta that {@link barsFromTable} needs. */
const barsMetaSchema = z.object({ symbols: z.array(z.string()), barMs: z.number(), calendar: z.enum(calendarIds).default('us-hours') });

/**
 * Bars of a loaded data set, as views of the same memory.
 * @throws AssayError `data_invalid` for a table without bars.
 */
export function barsFromTable(table: SharedTable): AlignedBars {
  const meta = barsMetaSchema.safeParse(table.meta);
  if (!meta.success) throw new AssayError('data_invalid', `the table ${table.name} holds no bars: ${z.prettifyError(meta.error)}`);
  const column = (name: string): Float64Array => {
    const values = table.columns[name];
    if (values === undefined) throw new AssayError('data_invalid', `the table ${table.name} has no column ${name}`);
    return values;
  };
  return alignedBars({
    symbols: meta.data.symbols,
    time: column('time'),
    session: column('session'),
    bars: meta.data.symbols.map(
      (symbol) => Object.fromEntries(barFields.map((field) => [field, column(`${symbol}.${field}`)])) as unknown as BarColumns,
    ),
    barMs: meta.data.barMs,
    // Sets of format 1 were cut by regular hours alone, and generated ones still are.
    calendar: sessionCalendarOf(meta.data.calendar === 'us-equities' ? 'us-hours' : meta.data.calendar),
  });
}

function remakeHint(name: string): string {
  return `import or generate it again under the same name with --replace (its manifest names the source): ${name}`;
}

/** Reads a whole file into shared memory. */
function readShared(path: string, expectedBytes: number, name: string): SharedArrayBuffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new AssayError('data_invalid', `the columns of the data set ${name} cannot be read: ${messageOf(cause)}`, {
      place: path,
      hint: remakeHint(name),
      cause,
    });
  }
  try {
    const { size } = fstatSync(file);
    if (size !== expectedBytes)
      throw new AssayError('data_invalid', `the columns file of ${name} holds ${size} bytes; its manifest states ${expectedBytes}`, {
        place: path,
        hint: remakeHint(name),
      });
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let done = 0; done < size; ) {
      const count = readSync(file, bytes, done, size - done, done);
      if (count === 0) throw new AssayError('data_invalid', `the columns file of ${name} was truncated while it was read`, { place: path });
      done += count;
    }
    return bytes.buffer as SharedArrayBuffer;
  } finally {
    closeSync(file);
  }
}
