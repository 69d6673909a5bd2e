import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AssayError, messageOf } from '../../core/errors.ts';

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly packedBytes: number;
  /** The unpacked bytes. @throws AssayError `data_invalid` for damaged content and content with a password. */
  readonly open: () => AsyncGenerator<Buffer>;
}

/**
 * The files of a zip archive, without folders, hidden files and what macOS adds.
 * @throws AssayError `data_invalid` for a damaged archive.
 */
export async function zipEntries(path: string): Promise<readonly ZipEntry[]> {
  return withArchive(path, async (archive) => {
    const entries: ZipEntry[] = [];
    for await (const entry of archive.eachEntry())
      if (!/(?:^|\/)(?:\.|__MACOSX\/)|\/$/.test(entry.fileName))
        entries.push({ name: entry.fileName, packedBytes: entry.compressedSize, open: () => unpacked(path, entry) });
    return entries;
  });
}

async function* unpacked(path: string, entry: Entry): AsyncGenerator<Buffer> {
  const archive = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw damaged(path, cause);
  });
  try {
    if (entry.isEncrypted())
      throw new AssayError('data_invalid', `${entry.fileName} is protected by a password`, { place: path, hint: 'unpack it first' });
    let sum = 0;
    for await (const piece of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(piece, sum);
      yield piece;
    }
    if (sum !== entry.crc32) throw new Error('its checksum does not fit');
  } catch (cause) {
    throw cause instanceof AssayError ? cause : damaged(path, cause);
  } finally {
    archive.close();
  }
}

async function withArchive<Result>(path: string, use: (archive: ZipFile) => Promise<Result>): Promise<Result> {
  let archive: ZipFile | undefined;
  try {
    archive = await openPromise(path, { autoClose: false });
    return await use(archive);
  } catch (cause) {
    throw damaged(path, cause);
  } finally {
    archive?.close();
  }
}

function damaged(path: string, cause: unknown): AssayError {
  return new AssayError('data_invalid', `cannot unpack the file: ${messageOf(cause)}`, {
    place: path,
    hint: 'the archive is truncated or damaged: download it again',
    cause,
  });
}
