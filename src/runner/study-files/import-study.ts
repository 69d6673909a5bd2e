import { fileURLToPath, pathToFileURL } from 'node:url';
import { isConfigPlace } from '../../core/config-file.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import { isStudyDefinition, type StudyDefinition } from '../../search/study/define-study.ts';
import { prepareImports } from '../node-hooks/register.mjs';
import { moduleFileOf } from './module-url.ts';
import { placeIn } from './place.ts';

/**
 * Imports a study module and returns its default export; cached per thread by the module system.
 * @throws AssayError `study_invalid` or `space_invalid`, with the place in the file.
 */
export async function importStudy(moduleUrl: string): Promise<StudyDefinition> {
  const { path, value } = await importDefault(moduleUrl, 'defineStudy');
  if (!isStudyDefinition(value))
    throw new AssayError('study_invalid', 'the default export is not a study', {
      place: path,
      hint: "write: export default defineStudy({ ... }), with defineStudy imported from 'assay'",
    });
  return value;
}

/**
 * Imports a module of a user's repository.
 * @param made by which function its default export is to be made, for the hint.
 * @throws AssayError `study_invalid`, with the place in the file, or what the module threw.
 */
export async function importDefault(moduleUrl: string, made: string): Promise<{ readonly path: string; readonly value: unknown }> {
  const path = moduleFileOf(moduleUrl);
  const url = pathToFileURL(path).href;
  prepareImports(url);
  const module: { readonly default?: unknown } = await import(url).catch((error: unknown) => {
    throw loadingError(url, error);
  });
  if (module.default === undefined)
    throw new AssayError('study_invalid', 'the file has no default export', {
      place: path,
      hint: `write: export default ${made}({ ... })`,
    });
  return { path, value: exportedBy(module.default) };
}

/** A CommonJS module that was compiled from an ES module keeps its default export under that name. */
function exportedBy(value: unknown): unknown {
  const isCompiled = typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
  return isCompiled ? value.default : value;
}

function loadingError(url: string, error: unknown): AssayError {
  if (error instanceof AssayError && isConfigPlace(error.place)) return error;
  const place = placeIn(url, error) ?? fileURLToPath(url);
  if (error instanceof AssayError) {
    const { code, hint } = error;
    // The error's own place names a parameter or an option; the file and line are added.
    const message = error.place === undefined ? error.message : `${error.place}: ${error.message}`;
    return new AssayError(code, message, {
      place,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const [firstLine = ''] = messageOf(error).split('\n');
  return new AssayError('study_invalid', `the file cannot be loaded: ${firstLine}`, {
    place,
    cause: error,
    hint: hintFor(error),
  });
}

function hintFor(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
    return 'check the spelling of its imports; relative imports end in .ts';
  return 'correct the file at this place, then run again';
}
