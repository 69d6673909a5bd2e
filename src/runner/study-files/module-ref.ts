import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gitStateOf } from '../../core/git.ts';
import { hashOf, sha256 } from '../../core/json.ts';
import type { ModuleRef } from '../../search/study/storage.ts';
import { moduleUrlOf } from './module-url.ts';
import { packagesOf } from './packages.ts';
import { programFilesOf } from './program-files.ts';

/** Returns the provenance of a study's code: its file, the hashes of its source and packages, and its git commit. */
export async function moduleRefOf(path: string): Promise<ModuleRef> {
  const [sourceHash, packages, git] = await Promise.all([sourceHashOf(path), packagesOf(resolve(path)), gitStateOf(dirname(path))]);
  return { url: moduleUrlOf(resolve(path)), sourceHash, packagesHash: packages.now, ...git };
}

/**
 * Returns the SHA-256 of the file's text or, where it imports files by relative path, names YAML configurations or starts a program, a hash
 * over all of them. Paths are taken relative to the study file, so a copy elsewhere has the same hash.
 */
export async function sourceHashOf(path: string): Promise<string> {
  const sources = new Map<string, string>();
  await collectModules(resolve(path), sources);
  const texts = new Map([...sources, ...(await configFilesOf(sources)), ...programFilesOf(sources)]);
  const own = sha256(sources.get(resolve(path))!);
  if (texts.size === 1) return own;
  return hashOf(Object.fromEntries([...texts].map(([file, text]) => [relative(dirname(resolve(path)), file), sha256(text)])));
}

/** The YAML reader is loaded only for a study that names such a file. */
async function configFilesOf(sources: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  if (![...sources.values()].some((text) => /\.ya?ml/.test(text))) return new Map();
  return (await import('./config-files.ts')).configFilesOf(sources);
}

async function collectModules(path: string, into: Map<string, string>): Promise<void> {
  const text = await readFile(path, 'utf8');
  into.set(path, text);
  for (const [, word, specifier] of text.matchAll(/\b(from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
    const imported = word === 'require' ? requiredFile(path, specifier!) : importedFile(path, specifier!);
    // A match inside a comment or a string may name no file; a real import of a missing file fails when it is loaded.
    if (imported !== null && !into.has(imported)) await collectModules(imported, into);
  }
}

/** CommonJS leaves endings out, and takes a folder for its index.js. */
function requiredFile(path: string, specifier: string): string | null {
  try {
    return createRequire(path).resolve(specifier);
  } catch {
    return null;
  }
}

function importedFile(path: string, specifier: string): string | null {
  try {
    const file = fileURLToPath(new URL(specifier, pathToFileURL(path)));
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}
