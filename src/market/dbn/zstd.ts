import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';
import { cannotUnpack, followZstdFrames, type ZstdFrame, type ZstdFrames } from './zstd-frames.ts';

/** Bytes that the decoder in JavaScript unpacks at once; a piece may hold several frames, each of which costs a call inside the last. */
const stepBytes = 2 ** 14;

async function* followed(packed: AsyncIterable<Uint8Array>, frames: ZstdFrames): AsyncGenerator<Uint8Array> {
  for await (const piece of packed) {
    frames.push(piece);
    yield piece;
  }
  frames.end();
}

/**
 * Unpacks a Zstandard stream of one frame or several, in pieces of at most 128 kB, by fzstd. The decoder of node:zlib is three times as fast
 * and ends without an error after the first frame (Node 22.23 and 24.21), which loses the rest of the file.
 * Damage that leaves the length of a frame without a checksum as it is goes unseen; the frames of Databento have checksums.
 * @throws AssayError `data_invalid` as {@link followZstdFrames} and for content that does not have its frame's length or checksum; an Error of the
 * decoder for damaged blocks.
 */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Uint8Array> {
  const check = await contentCheck(place);
  let unpacked: Uint8Array[] = [];
  const decoder = new Decompress((block) => {
    check.block(block);
    unpacked.push(block);
  });
  for await (const piece of followed(packed, followZstdFrames(place, check.frame)))
    for (let at = 0; at < piece.length; at += stepBytes) {
      decoder.push(piece.subarray(at, at + stepBytes));
      yield* unpacked;
      unpacked = [];
    }
  decoder.push(new Uint8Array(), true);
  yield* unpacked;
}

/** Compares what fzstd unpacks with the lengths and checksums of its frames, which fzstd itself does not look at. */
async function contentCheck(
  place: string,
): Promise<{ readonly frame: (frame: ZstdFrame) => void; readonly block: (bytes: Uint8Array) => void }> {
  const hashes = await xxhash();
  const frames: ZstdFrame[] = [];
  let hash = hashes.create64();
  let bytes = 0;
  let blocks = 0;
  const settle = (): void => {
    const frame = frames[0];
    if (frame === undefined || blocks < frame.blocks) return;
    frames.shift();
    const wrong =
      frame.size !== null && frame.size !== bytes
        ? 'length'
        : frame.checksum !== null && Number(hash.digest() & 0xffffffffn) !== frame.checksum
          ? 'checksum'
          : null;
    if (wrong !== null)
      throw cannotUnpack(`its content does not have the ${wrong} that it states`, place, 'the file is damaged: download it again');
    hash = hashes.create64();
    bytes = 0;
    blocks = 0;
  };
  return {
    frame: (frame) => {
      frames.push(frame);
      settle();
    },
    block: (content) => {
      // A block of the decoder is one of the frame; a frame is known before the decoder sees its last byte.
      if (content.length > 0) hash.update(content);
      bytes += content.length;
      blocks++;
      settle();
    },
  };
}
