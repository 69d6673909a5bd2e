import { TextDecoder } from 'node:util';

/**
 * The text as UTF-8 without a byte order mark. UTF-16 is known by its mark, or by a zero byte in the first two; every other text is
 * passed on as it is.
 */
export async function* asUtf8(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    if (decoder === undefined) {
      if (rest.length < markBytes) continue;
      decoder = decoderOf(rest);
      rest = withoutMark(rest);
    }
    yield decoder === null ? rest : Buffer.from(decoder.decode(rest, { stream: true }));
    rest = Buffer.alloc(0);
  }
  if (decoder === undefined) yield withoutMark(rest);
  else if (decoder !== null) yield Buffer.from(decoder.decode());
}

const markBytes = 3;

/** The bytes without the byte order mark of UTF-8. */
function withoutMark(head: Buffer): Buffer {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(markBytes) : head;
}

function decoderOf(head: Buffer): TextDecoder | null {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return new TextDecoder('utf-16le');
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return new TextDecoder('utf-16be');
  return null;
}
