import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssayError } from '../../core/errors.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { ModuleRef } from '../../search/study/storage.ts';
import { importStudy } from './import-study.ts';
import { moduleRefOf } from './module-ref.ts';
import { typeProblemsOf } from './type-check.ts';

export interface StudyFile {
  readonly definition: StudyDefinition;
  readonly module: ModuleRef;
}

export interface LoadOptions {
  /** Checks the file's types before it is loaded; clean results are cached in this data directory. */
  readonly checkTypesIn?: string;
}

/**
 * Loads a study file and the definition that it exports.
 * @param file a path, or a file: URL.
 * @throws AssayError `study_invalid` or `space_invalid`, with the place, for a file that is missing, does not parse,
 * does not typecheck, throws while loading or exports no study.
 */
export async function loadStudy(file: string | URL, { checkTypesIn }: LoadOptions = {}): Promise<StudyFile> {
  const path = existing(file);
  const module = await moduleRefOf(path);
  if (checkTypesIn !== undefined) await checkTypes(path, module.sourceHash, checkTypesIn);
  return { definition: await importStudy(module.url), module };
}

function existing(file: string | URL): string {
  const path = file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() && !/\.[cm]?[jt]s$/.test(path))
    throw new AssayError('study_invalid', 'a study is a TypeScript file', {
      place: path,
      hint: 'give a .ts file that default-exports defineStudy({ ... }); it reads a configuration with loadTradingConfig',
    });
  if (found?.isFile()) return path;
  throw new AssayError('study_invalid', found === undefined ? 'there is no such file' : 'this is not a file', {
    place: path,
    hint: 'give the path of a TypeScript file that default-exports defineStudy({ ... })',
  });
}

async function checkTypes(path: string, sourceHash: string, dataDir: string): Promise<void> {
  const problems = await typeProblemsOf(path, sourceHash, dataDir);
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw new AssayError('study_invalid', others.length === 0 ? first.message : `${first.message} (and ${others.length} more)`, {
    place: first.place,
    hint: ['correct the types, then run again', ...others.slice(0, 4).map(({ place, message }) => `${place}: ${message}`)].join('\n  '),
  });
}
