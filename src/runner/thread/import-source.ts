import { AssayError } from '../../core/errors.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import { importStudy } from '../study-files/import-study.ts';
import { sourceHashOf } from '../study-files/module-ref.ts';
import { moduleFileOf } from '../study-files/module-url.ts';

/** The source of each module as this thread loaded it, or failed to: it does not load one again. */
const loaded = new Map<string, string>();

/**
 * The study of a module whose source has this hash.
 * @throws AssayError `source_changed` where this thread loaded another one before, or the file is another one now; else as `importStudy`.
 */
export async function importSource(module: string, source: string): Promise<StudyDefinition> {
  const study = importStudy(module);
  await study.catch(() => undefined);
  // After the import: what is edited meanwhile does not pass for what was loaded.
  const hash = loaded.get(module) ?? (await sourceHashOf(moduleFileOf(module)).catch(() => null));
  if (hash === null) return study;
  loaded.set(module, hash);
  if (hash === source) return study;
  throw new AssayError('source_changed', `${module} is another one here than the one that was to run`, {
    hint: 'its files were edited in between: put them back, or run the study again as it is now',
  });
}
