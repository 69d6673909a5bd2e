import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';

/** A file that is written in pieces, with a note of how far it is, so that an interrupted download goes on. */
export interface PartialFile<State> {
  /** State after the last whole piece (null: nothing is written yet). */
  readonly state: State | null;
  /** Appends a piece, then notes the state: both are on disk afterwards. */
  readonly append: (piece: string, state: State) => void;
  /** Gives the file its name. */
  readonly finish: () => void;
  readonly close: () => void;
}

/**
 * Opens `<path>.part`, cut to what its note `<path>.part.json` covers.
 * @param isSame true if the noted download is the one that is wanted
 * @throws AssayError `conflict` for a finished file, or an unfinished one of another download, without `replace`; `disk_full`, `unavailable`
 */
export function openPartial<State extends { readonly bytes: number }>(
  path: string,
  schema: z.ZodType<State>,
  isSame: (state: State) => boolean,
  replace: boolean,
): PartialFile<State> {
  const [part, note] = [`${path}.part`, `${path}.part.json`];
  if (existsSync(path) && !replace)
    throw new AssayError('conflict', 'the file exists', { place: path, hint: 'choose another name, or replace it with --replace' });
  const state = noted(note, part, schema);
  if (state !== null && !isSame(state) && !replace)
    throw new AssayError('conflict', 'a part of another download lies here', {
      place: part,
      hint: 'finish it, choose another name, or begin anew with --replace',
    });
  const known = state !== null && isSame(state) ? state : null;
  return guarded(path, () => {
    requireSpaceSync(dirname(path), 0);
    const file = openSync(part, known === null ? 'w' : 'r+');
    let bytes = known?.bytes ?? 0;
    ftruncateSync(file, bytes);
    return {
      state: known,
      append: (piece, next) =>
        guarded(path, () => {
          const all = Buffer.from(piece);
          for (let done = 0; done < all.length; ) done += writeSync(file, all, done, all.length - done, bytes + done);
          bytes += all.length;
          fsyncSync(file);
          writeFileSync(`${note}.new`, JSON.stringify(next));
          renameSync(`${note}.new`, note);
        }),
      finish: () =>
        guarded(path, () => {
          renameSync(part, path);
          rmSync(note, { force: true });
        }),
      close: () => closeSync(file),
    };
  });
}

/** The note beside a part; null if there is none, it cannot be read, or the part is shorter than it says. */
function noted<State extends { readonly bytes: number }>(note: string, part: string, schema: z.ZodType<State>): State | null {
  if (!existsSync(note) || !existsSync(part)) return null;
  try {
    const state = schema.parse(JSON.parse(readFileSync(note, 'utf8')));
    return statSync(part).size >= state.bytes ? state : null;
  } catch {
    return null;
  }
}

function guarded<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw writeFault(cause, dirname(path));
  }
}
