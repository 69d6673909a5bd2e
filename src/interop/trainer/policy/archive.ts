import { AssayError } from '../../../core/errors.ts';

/** One file of an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const blockSize = 512;

/** Writes files as a tar archive (POSIX ustar): equal files give equal bytes, without owners and times. */
export function packArchive(files: readonly ArchivedFile[]): Uint8Array {
  const blocks: Uint8Array[] = files.flatMap(({ name, bytes }) => [
    headerOf(name, bytes.length),
    bytes,
    new Uint8Array((blockSize - (bytes.length % blockSize)) % blockSize),
  ]);
  return Buffer.concat([...blocks, new Uint8Array(2 * blockSize)]);
}

/** Reads an archive that {@link packArchive} wrote. @throws AssayError `data_invalid` for other bytes. */
export function unpackArchive(archive: Uint8Array): readonly ArchivedFile[] {
  const files: ArchivedFile[] = [];
  for (let at = 0; at + blockSize <= archive.length; ) {
    const header = Buffer.from(archive.subarray(at, at + blockSize));
    if (header[0] === 0) return files;
    const text = (from: number, length: number): string => header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const start = at + blockSize;
    if (text(257, 6) !== 'ustar' || !(start + size <= archive.length)) break;
    const prefix = text(345, 155);
    files.push({ name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, bytes: archive.subarray(start, start + size) });
    at = start + Math.ceil(size / blockSize) * blockSize;
  }
  throw new AssayError('data_invalid', 'the policy is no archive of an external trainer', {
    hint: 'it was saved by another kind of study',
  });
}

function headerOf(name: string, size: number): Uint8Array {
  const header = Buffer.alloc(blockSize);
  const [prefix, base] = splitName(name);
  header.write(base, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${'0'.repeat(11)}\0`, 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A name of up to 100 bytes stands alone; a longer one is cut at a slash. */
function splitName(name: string): readonly [prefix: string, base: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) {
    const parts = [name.slice(0, at), name.slice(at + 1)] as const;
    if (Buffer.byteLength(parts[0]) <= 155 && Buffer.byteLength(parts[1]) <= 100) return parts;
  }
  throw new AssayError('study_invalid', `the path ${name} is too long for an archive`, {
    place: 'sources',
    hint: 'use shorter names: at most 100 bytes each',
  });
}
