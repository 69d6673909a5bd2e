import { open, readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AssayError, messageOf } from '../core/errors.ts';
import { hasLine, type WitnessLine } from './witness-line.ts';
import { createS3Witness } from './witness-s3.ts';

/** A text outside of the database with one line per record, written after its commit: `sequence hash time`. */
export interface Witness {
  /** Path or URL, for messages. */
  readonly place: string;
  /** Appends a line, unless the text has it already; durable on return. */
  readonly append: (line: string) => Promise<void>;
  /** The whole text (null if nothing was written yet). */
  readonly read: () => Promise<string | null>;
}

/** Result of writing a record to the witness. */
export interface Witnessed {
  readonly place: string;
  /** Why it could not be written (null if it was). */
  readonly failure: string | null;
}

/**
 * The witness that `ASSAY_LEDGER_WITNESS` names: the absolute path of a file, or `s3://bucket/key` (null if not set).
 * @throws AssayError `config_invalid`.
 */
export function witnessOf(environment: NodeJS.ProcessEnv = process.env): Witness | null {
  const place = environment['ASSAY_LEDGER_WITNESS'] ?? '';
  if (place === '') return null;
  if (place.startsWith('s3://')) return createS3Witness(place, environment);
  if (isAbsolute(place)) return createFileWitness(place);
  throw new AssayError('config_invalid', `ASSAY_LEDGER_WITNESS=${place} is not an absolute path`, {
    hint: 'a relative path depends on the working directory; write /path/to/file or s3://bucket/key',
  });
}

/** The last thing that this process writes to each place: of the same record twice at once the second finds the first's line. */
const writing = new Map<string, Promise<unknown>>();

/**
 * Writes a committed record to the witness, once however often it is called: a request that is sent again writes what a crash or a full disk
 * kept out the first time. Returns a failure instead of throwing, as the record stands.
 */
export async function tellWitness({ place, append }: Witness, { sequence, hash, at }: Omit<WitnessLine, 'line'>): Promise<Witnessed> {
  const written = (writing.get(place) ?? Promise.resolve()).then(() => append(`${sequence} ${hash} ${at}`));
  const settled = written.catch(() => undefined);
  writing.set(place, settled);
  try {
    await written;
    return { place, failure: null };
  } catch (error) {
    return { place, failure: messageOf(error) };
  } finally {
    if (writing.get(place) === settled) writing.delete(place);
  }
}

/** A witness in an append-only file. After an incomplete line, left by a full disk for example, the next one starts on a new line. */
function createFileWitness(path: string): Witness {
  const read = async (): Promise<string | null> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new AssayError('unavailable', `the witness of the ledger cannot be read: ${messageOf(error)}`, { place: path, cause: error });
    }
  };
  return {
    place: path,
    read,
    append: async (line) => {
      const before = await read();
      if (hasLine(before, line)) return;
      const file = await open(path, 'a', 0o644);
      try {
        await file.appendFile(`${before === null || before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}
