import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gitStateOf } from '../../core/git.ts';
import { hashOf, sha256 } from '../../core/json.ts';
import type { ModuleRef } from '../../search/study/storage.ts';

/** What a study's results are traced back to: its file, the hash of its source and the commit it was part of. */
export async function moduleRefOf(path: string): Promise<ModuleRef> {
  const [sourceHash, git] = await Promise.all([sourceHashOf(path), gitStateOf(dirname(path))]);
  return { url: pathToFileURL(path).href, sourceHash, ...git };
}

/** SHA-256 of the file's text; where it imports files of its own by relative path, a hash over all of them. */
export async function sourceHashOf(path: string): Promise<string> {
  const sources = new Map<string, string>();
  await collect(path, sources);
  const own = sources.get(path)!;
  if (sources.size === 1) return own;
  const hashes = Object.fromEntries([...sources].map(([file, hash]) => [relative(dirname(path), file), hash]));
  return hashOf(hashes);
}

async function collect(path: string, into: Map<string, string>): Promise<void> {
  const text = await readFile(path, 'utf8');
  into.set(path, sha256(text));
  for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
    const imported = fileURLToPath(new URL(specifier!, pathToFileURL(path)));
    // A match inside a comment or a string need not exist; a real import that does not will fail when it is loaded.
    if (!into.has(imported) && existsSync(imported)) await collect(imported, into);
  }
}
