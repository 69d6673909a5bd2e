import { PassThrough, pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { followZstdFrames } from './zstd-frames.ts';

/** Streams of Zstandard in node:zlib: from Node 22.15 and 23.8 on. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: (options: { readonly chunkSize: number }) => Transform };

/** Bytes that the decoder in JavaScript unpacks at once; a piece may hold several frames, each of which costs a call inside the last. */
const stepBytes = 2 ** 14;

/**
 * Unpacks a Zstandard stream of one frame or several, in pieces of at most 128 kB: by Node where it can, else by fzstd, which is written in
 * JavaScript and three times as slow.
 * @throws AssayError `data_invalid` as {@link followZstdFrames}; an Error of the decoder for damaged blocks.
 */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Uint8Array> {
  const checked = checkedFrames(packed, place);
  if (createZstdDecompress === undefined) yield* unpackInJavaScript(checked);
  else yield* pipeline(Readable.from(checked), createZstdDecompress({ chunkSize: 2 ** 17 }), new PassThrough(), () => undefined);
}

async function* checkedFrames(packed: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Uint8Array> {
  const frames = followZstdFrames(place);
  for await (const piece of packed) {
    frames.push(piece);
    yield piece;
  }
  frames.end();
}

async function* unpackInJavaScript(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const decoder = new Decompress((block) => unpacked.push(block));
  for await (const piece of packed)
    for (let at = 0; at < piece.length; at += stepBytes) {
      decoder.push(piece.subarray(at, at + stepBytes));
      yield* unpacked;
      unpacked = [];
    }
  decoder.push(new Uint8Array(), true);
  yield* unpacked;
}
