import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { z } from 'zod';
import { AssayError } from '../../../core/errors.ts';
import { canonicalJson, hashOf, sha256 } from '../../../core/json.ts';
import type { Ready } from '../messages.ts';
import { type ArchivedFile, packArchive, unpackArchive } from './archive.ts';

/** A program as it is on this machine. */
export interface Program {
  readonly command: readonly string[];
  /** Names from the folder of the study, and contents. */
  readonly files: readonly ArchivedFile[];
  /** Hash over the names and contents. */
  readonly hash: string;
}

const description = 'assay-trainer.json';
const policyFile = 'policy';
const sourcesFolder = 'sources/';
/** A step upwards from the study's folder has no place in an archive. */
const upwards = '__parent__';

/** Reads the files of a program. */
export function programOf({
  folder,
  files,
  command,
}: {
  readonly folder: string;
  readonly files: readonly string[];
  readonly command: readonly string[];
}): Program {
  const read = files.map((path) => ({
    name: relative(folder, path)
      .split(sep)
      .map((part) => (part === '..' ? upwards : part))
      .join('/'),
    bytes: readFileSync(path),
  }));
  return { command, files: read, hash: hashOf(Object.fromEntries(read.map(({ name, bytes }) => [name, sha256(bytes)]))) };
}

/** The artifact that is judged and promoted: what the trainer saved, with the program that reads it. */
export function packPolicy(program: Program, { name, versions }: Pick<Ready, 'name' | 'versions'>, policy: Uint8Array): Uint8Array {
  const described = {
    format: 'assay-trainer-policy-1',
    name,
    command: program.command,
    versions,
    programHash: program.hash,
    policyHash: sha256(policy),
  };
  return packArchive([
    { name: description, bytes: Buffer.from(`${canonicalJson(described)}\n`) },
    { name: policyFile, bytes: policy },
    ...program.files.map((file) => ({ ...file, name: sourcesFolder + file.name })),
  ]);
}

/**
 * Returns what the trainer saved.
 * @throws AssayError `conflict` where another program, or the same with other versions of its libraries, would read it; `data_invalid` for other bytes.
 */
export function unpackPolicy(archive: Uint8Array, program: Program, { name, versions }: Pick<Ready, 'name' | 'versions'>): Uint8Array {
  const files = new Map(unpackArchive(archive).map((file) => [file.name, file.bytes]));
  const [text, policy] = [files.get(description), files.get(policyFile)];
  if (text === undefined || policy === undefined)
    throw new AssayError('data_invalid', 'the archive holds no policy of an external trainer');
  const saved = describedIn(text);
  if (saved.programHash !== program.hash)
    throw new AssayError('conflict', `the policy was saved by another version of the program than the one here`, {
      hint: 'put its files back: they are in the policy, an archive that tar reads',
    });
  if (saved.name !== name || hashOf(saved.versions) !== hashOf(versions))
    throw new AssayError('conflict', `the policy was saved by ${wordsOf(saved)}, and here runs ${wordsOf({ name, versions })}`, {
      hint: 'install these versions, or validate anew under another name',
    });
  return policy;
}

const described = z.object({ name: z.string(), versions: z.record(z.string(), z.string()), programHash: z.string() });

/** @throws AssayError `data_invalid` for a text that is no description */
function describedIn(text: Uint8Array): z.output<typeof described> {
  try {
    return described.parse(JSON.parse(Buffer.from(text).toString()));
  } catch (cause) {
    throw new AssayError('data_invalid', 'the description of the policy of an external trainer cannot be read', { cause });
  }
}

/** `sb3-sac (torch 2.13.0)`. */
function wordsOf({ name, versions }: Pick<Ready, 'name' | 'versions'>): string {
  return `${name} (${versionsInWords(versions)})`;
}

/** `gymnasium 1.4.0, torch 2.13.0`. */
export function versionsInWords(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([library, version]) => `${library} ${version}`)
    .join(', ');
}
