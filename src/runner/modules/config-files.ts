import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

/**
 * The YAML files that a study reads, as far as its text tells: every quoted name that ends in .yaml or .yml, tried beside each
 * module and in each folder that a path of the text begins with (`../configs/${file}`), and what those files include.
 * A name that is put together from more than a folder and a literal is not seen.
 * @param modules text by path.
 * @returns text by path of those that exist.
 */
export async function configFilesOf(modules: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const folders = new Set<string>();
  const names = new Set<string>();
  for (const [path, text] of modules) {
    folders.add(dirname(path));
    for (const [, folder] of text.matchAll(/['"`](\.{1,2}\/(?:[^'"`$\s]*\/)?)\$\{/g)) folders.add(resolve(dirname(path), folder!));
    for (const [, name] of text.matchAll(/['"`]([^'"`$\s]+\.ya?ml)['"`]/g)) names.add(name!);
  }
  const found = new Map<string, string>();
  for (const folder of folders) for (const name of names) await collect(resolve(folder, name), found);
  return found;
}

async function collect(path: string, into: Map<string, string>): Promise<void> {
  if (into.has(path)) return;
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return;
  into.set(path, text);
  for (const included of includesOf(text)) await collect(resolve(dirname(path), included), into);
}

/** What is no YAML is refused with its place by whoever loads it; here it just includes nothing. */
function includesOf(text: string): readonly string[] {
  try {
    const { include } = (parse(text) ?? {}) as { readonly include?: unknown };
    return Array.isArray(include) ? include.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}
