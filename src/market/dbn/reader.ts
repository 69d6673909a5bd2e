import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { type DbnHeader, decodeHeader, headerLength, prefixBytes } from './header.ts';
import type { Layout } from './layout.ts';
import { type DbnRecord, decodeRecord, decodeUnknown } from './record.ts';
import { layoutOf } from './records.ts';
import { type CutOff, cutRuns, type DbnRun } from './runs.ts';
import { type ByteSource, memorySource, openSource, type SourceLimits } from './source.ts';

export interface DbnOptions extends SourceLimits {
  /** Accepts a file that ends inside a record, see {@link DbnFile.cutOff}; default false. */
  readonly allowTruncated?: boolean;
}

export interface DbnFile {
  readonly place: string;
  /** Null for a fragment, which holds records only. */
  readonly header: DbnHeader | null;
  /** Offset of the first record in the unpacked file. */
  readonly bodyStart: number;
  /** The records, once, in pieces whose memory is used again. Closes the file. */
  readonly runs: () => AsyncGenerator<DbnRun>;
  /** Bytes of an incomplete last record, after the runs have ended. */
  readonly cutOff: CutOff;
  /** Closes a file whose runs were not read; reading them closes it. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a DBN file of version 1 to 3, plain or packed with Zstandard, with a header or as a fragment.
 * @throws AssayError `not_found`; `data_invalid` for a damaged file, another format, and a legacy .dbz file.
 */
export async function openDbn(path: string, options: DbnOptions = {}): Promise<DbnFile> {
  if (path.toLowerCase().endsWith('.dbz')) throw legacy(path);
  return dbnFrom(await openSource(path, options), path, options);
}

/**
 * A file that is in memory, for tests and benchmarks.
 * @throws AssayError as {@link openDbn}.
 * @internal
 */
export function dbnOfBytes(bytes: Uint8Array, place: string, options: DbnOptions = {}): Promise<DbnFile> {
  return dbnFrom(memorySource(bytes, place, options), place, options);
}

async function dbnFrom(source: ByteSource, place: string, { allowTruncated = false }: DbnOptions): Promise<DbnFile> {
  try {
    const prefix = new Uint8Array(prefixBytes);
    const count = await source.read(prefix);
    const magic = Buffer.from(prefix.subarray(0, 3)).toString('latin1');
    const cutOff: CutOff = { bytes: 0 };
    const file = { place, cutOff, close: source.close };
    if (magic !== 'DBN') {
      if (!isFragment(place)) throw notDbn(place, count);
      const whole = withPrefix(prefix.subarray(0, count), source);
      return { ...file, header: null, bodyStart: 0, runs: () => cutRuns(whole, { place, offset: 0, allowTruncated, cutOff }) };
    }
    const bytes = await readHeader(prefix, count, source, place);
    const header = decodeHeader(bytes, place);
    return {
      ...file,
      header,
      bodyStart: bytes.length,
      runs: () => cutRuns(source, { place, offset: bytes.length, allowTruncated, cutOff }),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Reads the header in steps, so that a wrong length takes no more memory than the file has bytes. */
async function readHeader(prefix: Uint8Array, count: number, source: ByteSource, place: string): Promise<Uint8Array> {
  const truncated = (): AssayError =>
    new AssayError('data_invalid', 'the file ends inside its header', { place, hint: 'the file is truncated: download it again' });
  if (count < prefixBytes) throw truncated();
  const parts: Uint8Array[] = [prefix];
  for (let left = headerLength(prefix, place); left > 0; ) {
    const part = new Uint8Array(Math.min(left, 2 ** 20));
    if ((await source.read(part)) < part.length) throw truncated();
    parts.push(part);
    left -= part.length;
  }
  return Buffer.concat(parts);
}

/** True for a name of a fragment, e.g. "x.dbn.frag" or "x.dbn.frag.zst". */
function isFragment(place: string): boolean {
  return /\.frag(\.zst)?$/i.test(basename(place));
}

/** Places bytes that were read already before a source. */
function withPrefix(prefix: Uint8Array, source: ByteSource): ByteSource {
  let rest = prefix;
  return {
    ...source,
    read: async (into) => {
      const held = Math.min(rest.length, into.length);
      into.set(rest.subarray(0, held));
      rest = rest.subarray(held);
      return held + (await source.read(into.subarray(held)));
    },
  };
}

function legacy(place: string): AssayError {
  return new AssayError('data_invalid', 'a .dbz file is of the format that came before DBN and cannot be read', {
    place,
    hint: 'download the data again as DBN, or convert the file with an old release of its maker’s client',
  });
}

function notDbn(place: string, bytes: number): AssayError {
  return new AssayError('data_invalid', bytes === 0 ? 'the file is empty' : 'the file is no DBN: it does not begin with "DBN"', {
    place,
    hint: 'name a .dbn or .dbn.zst file; a fragment without a header needs a name that ends with .frag',
  });
}

/** The layout of a run. @throws as {@link layoutOf}. */
export function layoutOfRun({ rtype, stride, offset }: DbnRun, place: string): Layout | null {
  return layoutOf(rtype, stride, `${place}: byte ${offset}`);
}

/** All records as objects, with those of unknown types in short form. For people and tests; columns are faster. */
export async function* recordsOf(file: DbnFile): AsyncGenerator<DbnRecord> {
  for await (const run of file.runs()) {
    const layout = layoutOfRun(run, file.place);
    for (let i = 0; i < run.count; i++) {
      const start = run.start + i * run.stride;
      yield layout === null ? decodeUnknown(run.bytes, start) : decodeRecord(layout, run.bytes, start);
    }
  }
}
