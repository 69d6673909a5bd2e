import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AssayError } from '../../core/errors.ts';

/**
 * The files of a path or a pattern, sorted by name: `*` stands for any letters and `?` for one, in any part of the path.
 * @throws AssayError `not_found` for a pattern that no file fits.
 */
export function filesOf(pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern) || existsSync(pattern)) return [pattern];
  const files = expand(pattern);
  if (files.length > 0) return files;
  throw new AssayError('not_found', 'no file fits the pattern', {
    place: pattern,
    hint: 'check the path; put a pattern in quotes to leave it to assay',
  });
}

function expand(pattern: string): readonly string[] {
  const [folder, name] = [dirname(pattern), basename(pattern)];
  const folders = /[*?]/.test(folder) ? expand(folder) : [folder];
  if (!/[*?]/.test(name)) return folders.map((one) => join(one, name)).filter((path) => existsSync(path));
  const fits = new RegExp(
    `^${name
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  return folders.flatMap((one) =>
    namesIn(one)
      .filter((entry) => fits.test(entry) && !entry.startsWith('.'))
      .toSorted()
      .map((entry) => join(one, entry)),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
