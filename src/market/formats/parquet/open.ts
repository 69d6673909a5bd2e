import { type FileHandle, open } from 'node:fs/promises';
import { ParquetFault } from './fault.ts';
import { type ParquetMetadata, parseMetadata } from './metadata.ts';

/** Largest footer: a million column chunks take less. */
const mostFooterBytes = 2 ** 28;
const magic = 'PAR1';
const encryptedMagic = 'PARE';
const tailBytes = 8;

export interface OpenParquet {
  readonly file: FileHandle;
  readonly bytes: number;
  readonly metadata: ParquetMetadata;
}

/**
 * Opens a file and reads its footer; the caller closes it.
 * @throws ParquetFault for a file that is not Parquet, encrypted, or damaged
 */
export async function openParquet(path: string): Promise<OpenParquet> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return { file, bytes: size, metadata: parseMetadata(await readFooter(file, size), size) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The footer lies in front of its length and the magic bytes at the end of the file. */
async function readFooter(file: FileHandle, size: number): Promise<Uint8Array> {
  const tail = await readAt(file, Math.max(0, size - tailBytes), tailBytes);
  const end = tail.toString('latin1', 4);
  if (end === encryptedMagic) throw new ParquetFault('it is encrypted', 'write the file without encryption');
  if (tail.length < tailBytes || end !== magic) throw new ParquetFault('it does not end as a Parquet file');
  const length = tail.readUInt32LE(0);
  if (length > size - tailBytes - magic.length) throw new ParquetFault(`its footer of ${length} bytes is larger than the file`);
  if (length > mostFooterBytes) throw new ParquetFault(`its footer of ${length} bytes is too large`, 'write it with larger row groups');
  const footer = await readAt(file, size - tailBytes - length, length);
  if (footer.length < length) throw new ParquetFault('it was shortened while it was read');
  return footer;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}
