import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';
import { hashOf } from '../../core/json.ts';
import { packageRoot } from '../../core/package-root.ts';
import { publicTypes } from '../program-entries.ts';

export interface TypeProblem {
  /** `file:line:column`. */
  readonly place: string;
  readonly message: string;
}

/** The file with the types of each name that a study can import of this package. */
type PublicTypes = Readonly<Record<string, string>>;

/**
 * Returns the type errors of a study file and of the files it imports by relative path (not those of this package). Stripping
 * types at load time checks nothing, and an error found here costs half a second instead of a failed night.
 * Clean results are cached in the data directory, by the hash of the source and the place of the types: each build has its own.
 * @param types those of the running program. Sources change under one name, so with them nothing is cached.
 * @throws AssayError `unavailable`, `disk_full` where the data directory cannot be written.
 */
export async function typeProblemsOf(
  path: string,
  sourceHash: string,
  dataDir: string,
  types: PublicTypes = publicTypes,
): Promise<readonly TypeProblem[]> {
  const isBuilt = Object.values(types).every((file) => file.endsWith('.d.ts'));
  const clean = isBuilt ? join(dataDir, 'cache', 'types', `${hashOf({ sourceHash, types })}.clean`) : null;
  if (clean !== null && existsSync(clean)) return [];
  const folder = await mkdtemp(join(tmpdir(), 'assay-check-'));
  try {
    const config = join(folder, 'tsconfig.json');
    await writeFile(config, JSON.stringify(configFor(path, types)));
    const problems = parse(await compilerOutput(config, folder), folder);
    if (problems.length === 0 && clean !== null) await remember(clean, dataDir);
    return problems;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function remember(clean: string, dataDir: string): Promise<void> {
  try {
    makePrivateFolder(dataDir, dirname(clean));
    await writeFile(clean, '');
  } catch (cause) {
    throw writeFault(cause, dataDir);
  }
}

function configFor(path: string, types: PublicTypes): object {
  return {
    extends: join(packageRoot, 'tsconfig.json'),
    compilerOptions: {
      // A study file is an ES module, whether or not a package.json above it says so.
      module: 'preserve',
      moduleResolution: 'bundler',
      moduleDetection: 'force',
      paths: Object.fromEntries(Object.entries(types).map(([name, file]) => [name, [file]])),
      typeRoots: [dirname(packageFolder('@types/node'))],
      // Unused names are style, no reason to refuse a run.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [],
    files: [path],
  };
}

/** Where an installed package is depends on what else is installed. */
const packageFolder = (name: string): string => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** Returns the compiler's stdout. It exits with 1 or 2 when it found errors, which it prints there. */
function compilerOutput(config: string, cwd: string): Promise<string> {
  const compiler = join(packageFolder('typescript7'), 'bin/tsc');
  return new Promise((resolveOutput, reject) => {
    execFile(
      process.execPath,
      [compiler, '--project', config, '--pretty', 'false'],
      { cwd, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error === null || (typeof error.code === 'number' && stdout !== '')) resolveOutput(stdout);
        else reject(new AssayError('unavailable', `the TypeScript compiler did not run: ${stderr || error.message}`, { cause: error }));
      },
    );
  });
}

function parse(output: string, cwd: string): readonly TypeProblem[] {
  const problems: TypeProblem[] = [];
  for (const line of output.split('\n')) {
    const [, file, row, column, message] = /^(.+)\((\d+),(\d+)\): error (TS\d+: .*)$/.exec(line.trimEnd()) ?? [];
    if (file === undefined) continue;
    const path = resolve(cwd, file);
    const ours = ['src', 'dist'].some((folder) => path.startsWith(join(packageRoot, folder) + sep));
    if (!ours && !path.includes(`${sep}node_modules${sep}`)) problems.push({ place: `${path}:${row}:${column}`, message: message! });
  }
  return problems;
}
