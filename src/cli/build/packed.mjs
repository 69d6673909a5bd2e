// An installed package carries its build; only a checkout, which has the sources, makes one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the build that the package at `root` carries; null for a checkout. */
export function carriedBuild(root) {
  if (existsSync(join(root, 'src/index.ts'))) return null;
  return join(root, 'dist', JSON.parse(readFileSync(join(root, 'dist/current.json'), 'utf8')).build);
}
