import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AssayError } from '../../core/errors.ts';
import { isSet } from '../../features/choice.ts';
import type { FeatureSet } from '../../features/feature-set.ts';
import { importDefault } from './import-study.ts';

/**
 * Imports a feature set from a file of a user's repository.
 * @throws AssayError `study_invalid`, with the place in the file; `config_invalid` from `defineFeatureSet`.
 */
export async function importFeatureSet(file: string): Promise<FeatureSet> {
  const { path, value } = await importDefault(pathToFileURL(resolve(file)).href, 'defineFeatureSet');
  if (typeof value === 'object' && value !== null && isSet(value)) return value;
  throw new AssayError('study_invalid', 'the default export is no feature set', {
    place: path,
    hint: "write: export default defineFeatureSet({ ... }), with defineFeatureSet imported from 'assay'",
  });
}
