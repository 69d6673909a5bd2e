import { open, readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AssayError, messageOf } from '../core/errors.ts';
import { createS3Witness } from './witness-s3.ts';

/** A text outside of the database that hears of every record after its commit: `sequence hash time`, a line each. */
export interface Witness {
  /** Where it lies, for messages. */
  readonly place: string;
  /** Adds a line behind what is there, safe on return. */
  readonly append: (line: string) => Promise<void>;
  /** All of it; null where nothing was written yet. */
  readonly read: () => Promise<string | null>;
}

/** What the witness saw of one record. */
export interface WitnessLine {
  readonly line: number;
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
}

/** Whether the witness was told of a record. */
export interface Witnessed {
  readonly place: string;
  /** Why it was not; null where it was. */
  readonly failure: string | null;
}

/**
 * The witness that `ASSAY_LEDGER_WITNESS` names: the absolute path of a file, or `s3://bucket/key`; null where it is not set.
 * @throws AssayError `config_invalid`.
 */
export function witnessOf(environment: NodeJS.ProcessEnv = process.env): Witness | null {
  const place = environment['ASSAY_LEDGER_WITNESS'] ?? '';
  if (place === '') return null;
  if (place.startsWith('s3://')) return createS3Witness(place, environment);
  if (isAbsolute(place)) return createFileWitness(place);
  throw new AssayError('config_invalid', `ASSAY_LEDGER_WITNESS=${place} is no absolute path`, {
    hint: 'a relative path is another file wherever a command runs; write /path/to/file or s3://bucket/key',
  });
}

/** Tells the witness of a record that is committed; a failure is an answer, as the record stands. */
export async function tellWitness({ place, append }: Witness, { sequence, hash, at }: Omit<WitnessLine, 'line'>): Promise<Witnessed> {
  try {
    await append(`${sequence} ${hash} ${at}`);
    return { place, failure: null };
  } catch (error) {
    return { place, failure: messageOf(error) };
  }
}

/** The lines of a witness, and the numbers of those that say nothing that can be understood. */
export function parseWitness(text: string): { readonly seen: readonly WitnessLine[]; readonly unreadable: readonly number[] } {
  const seen: WitnessLine[] = [];
  const unreadable: number[] = [];
  for (const [i, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const [, sequence, hash, at] = /^([1-9]\d*) ([0-9a-f]{64}) (\S+)\r?$/.exec(content) ?? [];
    if (sequence === undefined || hash === undefined || at === undefined) unreadable.push(i + 1);
    else seen.push({ line: i + 1, sequence: Number(sequence), hash, at });
  }
  return { seen, unreadable };
}

/** A file that only grows. A line that was cut off, by a full disk for example, does not swallow the next one. */
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
      const file = await open(path, 'a', 0o644);
      try {
        await file.write(`${before === null || before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}
