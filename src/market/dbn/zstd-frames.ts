import { AssayError } from '../../core/errors.ts';

/**
 * Largest window of a frame; a decoder keeps this much of what it has unpacked. fzstd 0.1.1 takes a match that lies 2^26 - 3 bytes back or
 * farther from a wrong place, without an error: it reads at least 25 bits of a distance, not always 26.
 */
const largestWindow = 2 ** 26 - 4;
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Bytes of magic and descriptor, and with window and content size. */
const shortestHeader = 5;
const longestHeader = 14;

/**
 * Follows the frames and blocks of a Zstandard stream (RFC 8878, section 3.1) without unpacking them, so that a frame that asks for more
 * memory than a file of records needs is refused before a decoder allocates it, and a stream that ends inside a frame is seen as such.
 */
export interface ZstdFrames {
  /** @throws AssayError `data_invalid` for what is no frame, needs a dictionary, or declares a window of 64 MiB or more. */
  readonly push: (piece: Uint8Array) => void;
  /** @throws AssayError `data_invalid` if the stream ended inside a frame. */
  readonly end: () => void;
}

/** A frame that has been followed to its end. */
export interface ZstdFrame {
  readonly blocks: number;
  /** Bytes of the content; null where the frame does not say. */
  readonly size: number | null;
  /** The lower half of the content's XXH64; null where the frame has none. */
  readonly checksum: number | null;
}

/** @param onFrame is told of each frame after its last byte. */
export function followZstdFrames(place: string, onFrame: (frame: ZstdFrame) => void = () => undefined): ZstdFrames {
  const head = new Uint8Array(longestHeader);
  const view = new DataView(head.buffer);
  /** What the collected bytes are, how many there are, and how many are needed next. */
  let part: 'frame' | 'block' | 'checksum' = 'frame';
  let held = 0;
  let needed = shortestHeader;
  /** Bytes of a block's content that are not looked at. */
  let skip = 0;
  let hasChecksum = false;
  let blocks = 0;
  let size: number | null = null;
  let offset = 0;

  const expect = (next: typeof part): void => {
    part = next;
    held = 0;
    needed = { frame: shortestHeader, block: 3, checksum: 4 }[next];
  };

  const frame = (): void => {
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      if (held < 8) needed = 8;
      else {
        skip = view.getUint32(4, true);
        expect('frame');
      }
      return;
    }
    if (magic !== frameMagic) throw damaged(`no frame begins at byte ${offset - held}`, place);
    const flags = head[4]!;
    const isSingle = (flags & 32) !== 0;
    if ((flags & 8) !== 0) throw damaged('a frame uses a reserved bit', place);
    if ((flags & 3) !== 0) throw damaged('a frame needs a dictionary', place);
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
    needed = (isSingle ? 5 : 6) + sizeBytes;
    if (held < needed) return;
    const window = isSingle ? contentSize(view, needed - sizeBytes, sizeBytes) : windowOf(head[5]!);
    if (window > largestWindow)
      throw cannotUnpack(
        `a frame needs a window of ${window} bytes; at most ${largestWindow} are allowed`,
        place,
        'if the file is right, unpack it (zstd -d --long=31) and use the plain file',
      );
    size = sizeBytes === 0 ? null : contentSize(view, needed - sizeBytes, sizeBytes);
    hasChecksum = (flags & 4) !== 0;
    expect('block');
  };

  const block = (): void => {
    const header = head[0]! | (head[1]! << 8) | (head[2]! << 16);
    const type = (header >> 1) & 3;
    if (type === 3) throw damaged(`a block of reserved type stands at byte ${offset - held}`, place);
    skip = type === 1 ? 1 : header >> 3;
    blocks++;
    if ((header & 1) === 0) expect('block');
    else if (hasChecksum) expect('checksum');
    else endFrame(null);
  };

  const endFrame = (checksum: number | null): void => {
    onFrame({ blocks, size, checksum });
    blocks = 0;
    expect('frame');
  };

  return {
    push: (piece) => {
      for (let at = 0; at < piece.length; ) {
        const count = Math.min(skip > 0 ? skip : needed - held, piece.length - at);
        if (skip > 0) skip -= count;
        else {
          head.set(piece.subarray(at, at + count), held);
          held += count;
        }
        at += count;
        offset += count;
        if (held < needed || skip > 0) continue;
        if (part === 'frame') frame();
        else if (part === 'block') block();
        else endFrame(view.getUint32(0, true));
      }
    },
    end: () => {
      if (part !== 'frame' || skip > 0 || held > 0) throw damaged(`it ends inside a frame, at byte ${offset}`, place);
    },
  };
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function damaged(what: string, place: string): AssayError {
  return cannotUnpack(what, place, 'the file is truncated, damaged or no .zst of records: download it again');
}

/** The error of an archive. */
export function cannotUnpack(what: string, place: string, hint: string): AssayError {
  return new AssayError('data_invalid', `the archive cannot be unpacked: ${what}`, { place, hint });
}
