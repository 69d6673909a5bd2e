import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { readConfigText } from '../../core/config-file.ts';

/**
 * Finds the YAML files that a study reads in its text: every quoted name that ends in .yaml or .yml, looked up beside each
 * module and in each folder that a template path starts with (`../configs/${file}`), and the files that those include.
 * A name assembled from more than a folder and a literal is not found.
 * @param modules text by path.
 * @returns text by path of the existing files.
 */
export function configFilesOf(modules: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const folders = new Set<string>();
  const names = new Set<string>();
  for (const [path, text] of modules) {
    folders.add(dirname(path));
    for (const [, folder] of text.matchAll(/['"`](\.{1,2}\/(?:[^'"`$\s]*\/)?)\$\{/g)) folders.add(resolve(dirname(path), folder!));
    for (const [, name] of text.matchAll(/['"`]([^'"`$\s]+\.ya?ml)['"`]/g)) names.add(name!);
  }
  const found = new Map<string, string>();
  for (const folder of folders) for (const name of names) collect(resolve(folder, name), found);
  return found;
}

function collect(first: string, into: Map<string, string>): void {
  const open = [first];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = into.has(path) ? null : textOf(path);
    if (text === null) continue;
    into.set(path, text);
    for (const included of includesOf(text)) open.push(resolve(dirname(path), included));
  }
}

/** Returns the text (null: not a readable configuration, which is refused with its place when the study loads it). */
function textOf(path: string): string | null {
  try {
    return readConfigText(path);
  } catch {
    return null;
  }
}

/** Returns the files that a YAML file includes; none for invalid YAML, which is refused with its place when the study loads it. */
function includesOf(text: string): readonly string[] {
  try {
    const { include } = (parse(text) ?? {}) as { readonly include?: unknown };
    return Array.isArray(include) ? include.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}
