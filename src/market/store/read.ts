import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type Json, sha256 } from '../../core/json.ts';
import type { SharedTable } from '../../core/table.ts';
import type { AlignedBars, BarColumns } from '../bars.ts';
import { barFields } from '../bars.ts';
import { assertLittleEndian, columnsFile, datasetFolder, datasetNames, manifestFile, restoreReplaced } from './layout.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** The manifests of all data sets under a data directory, by name. Their columns are not read. */
export function listDatasets(dataDir: string): Manifest[] {
  return datasetNames(dataDir).map((name) => readManifest(dataDir, name));
}

/** One data set's manifest, after checking that its columns are what the manifest says. */
export function showDataset(dataDir: string, name: string): Manifest {
  loadDataset(dataDir, name);
  return readManifest(dataDir, name);
}

/**
 * A data set's columns in shared memory, verified against the manifest's hash: `time`, `session`, `NVDA.open`, ...
 * The table's `meta` is the manifest.
 * @throws not_found, or data_invalid when a file was changed, cut off or removed.
 */
export function loadDataset(dataDir: string, name: string): SharedTable {
  assertLittleEndian();
  const manifest = readManifest(dataDir, name);
  const path = join(datasetFolder(dataDir, name), columnsFile);
  const memory = readShared(path, manifest.columns.length * manifest.rows * Float64Array.BYTES_PER_ELEMENT, name);
  if (sha256(new Uint8Array(memory)) !== manifest.hash)
    throw new AssayError('data_invalid', `the columns of the data set ${name} are not those that were written`, {
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

/** @throws not_found without such a data set, data_invalid for a manifest that does not fit its schema. */
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

/** What {@link barsFromTable} needs of a table's meta. */
const barsMetaSchema = z.object({ symbols: z.array(z.string()), barMs: z.number() });

/**
 * The bars that a loaded data set holds; views of the same memory, nothing is copied.
 * @throws data_invalid for a table that is no data set of bars.
 */
export function barsFromTable(table: SharedTable): AlignedBars {
  const meta = barsMetaSchema.safeParse(table.meta);
  if (!meta.success) throw new AssayError('data_invalid', `the table ${table.name} holds no bars: ${z.prettifyError(meta.error)}`);
  const column = (name: string): Float64Array => {
    const values = table.columns[name];
    if (values === undefined) throw new AssayError('data_invalid', `the table ${table.name} has no column ${name}`);
    return values;
  };
  return {
    symbols: meta.data.symbols,
    time: column('time'),
    session: column('session'),
    bars: meta.data.symbols.map(
      (symbol) => Object.fromEntries(barFields.map((field) => [field, column(`${symbol}.${field}`)])) as unknown as BarColumns,
    ),
    barMs: meta.data.barMs,
  };
}

function remakeHint(name: string): string {
  return `import or generate it again under the same name with --replace (its manifest says from what): ${name}`;
}

/** A whole file as shared memory. */
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
      throw new AssayError('data_invalid', `the columns file of ${name} holds ${size} bytes; its manifest speaks of ${expectedBytes}`, {
        place: path,
        hint: remakeHint(name),
      });
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let done = 0; done < size; ) {
      const count = readSync(file, bytes, done, size - done, done);
      if (count === 0) throw new AssayError('data_invalid', `the columns file of ${name} was cut off while it was read`, { place: path });
      done += count;
    }
    return bytes.buffer as SharedArrayBuffer;
  } finally {
    closeSync(file);
  }
}
