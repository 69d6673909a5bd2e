import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Readable } from 'node:stream';
import { messageOf } from '../../core/errors.ts';
import type { ArtifactStore, StoredBytes } from '../../storage/artifacts/store.ts';
import type { Db } from '../../storage/database.ts';
import { placeOf } from './artifact-path.ts';
import { MlflowFault, missing } from './fault.ts';
import { findFile, listFiles, nameFile, openPlace } from './store/files.ts';

/** Stores the body of a request under a path, as it arrives. @throws MlflowFault; AssayError as the store */
export async function putArtifact(db: Db, store: ArtifactStore, path: string, body: ReadableStream<Uint8Array> | null): Promise<Response> {
  const place = placeOf(path);
  const study = await openPlace(db, place);
  const stored = await store.put(body === null ? new Uint8Array() : (Readable.fromWeb(body as never) as AsyncIterable<Uint8Array>));
  await nameFile(db, study, place, stored);
  return Response.json({});
}

/** Answers what is at a path, or a range of it. */
export async function getArtifact(db: Db, store: ArtifactStore, path: string, range: string | null): Promise<Response> {
  const place = placeOf(path);
  const file = await findFile(db, place);
  const part = rangeOf(range, file.bytes);
  const headers = new Headers({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(place.path.split('/').at(-1) ?? '')}`,
    'accept-ranges': 'bytes',
    etag: `"${file.hash}"`,
    'content-length': String(part === null ? file.bytes : part.end - part.start + 1),
  });
  if (part !== null) headers.set('content-range', `bytes ${part.start}-${part.end}/${file.bytes}`);
  return new Response(await bytesOf(store, file, part), { status: part === null ? 200 : 206, headers });
}

export async function listArtifacts(db: Db, path: string): Promise<Response> {
  // A query is decoded already; its segments are checked as those of a path are.
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return Response.json({ files: await listFiles(db, placeOf(encoded)) });
}

/** First and last byte. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** The one range that a request asks for (null: everything; several are answered with everything, which RFC 9110 allows). @throws MlflowFault */
export function rangeOf(header: string | null, bytes: number): Part | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  const part =
    first === ''
      ? { start: Math.max(0, bytes - Number(last)), end: bytes - 1 }
      : { start: Number(first), end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
  if (part.start > part.end)
    throw new MlflowFault('RANGE_NOT_SATISFIABLE', `the artifact has ${bytes} bytes, and the range ${header ?? ''} has none of them`);
  return part;
}

/** Bytes on disk are streamed; those of another store are read whole. */
async function bytesOf(
  store: ArtifactStore,
  { hash, bytes }: StoredBytes,
  part: Part | null,
): Promise<ReadableStream | Uint8Array<ArrayBuffer>> {
  const path = store.pathOf(hash);
  if (isAbsolute(path) && bytes > 0) {
    const file = await open(path).catch((cause: unknown) => {
      throw missing(`the bytes of the artifact are not on this machine: ${messageOf(cause)}`);
    });
    return Readable.toWeb(file.createReadStream(part ?? {})) as ReadableStream;
  }
  const whole = await store.get(hash);
  return new Uint8Array(part === null ? whole : whole.subarray(part.start, part.end + 1));
}
