import { AssayError } from '../../core/errors.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import { importStudy } from '../study-files/import-study.ts';
import { sourceHashOf } from '../study-files/module-ref.ts';
import { moduleFileOf } from '../study-files/module-url.ts';

/** Source hash of each module that this thread loaded or failed to load; a thread loads a module once. */
const loaded = new Map<string, string>();

/**
 * Returns the study of a module if its source has this hash.
 * @throws AssayError `source_changed` if this thread has loaded another version or the file has changed; else as `importStudy`.
 */
export async function importSource(module: string, source: string): Promise<StudyDefinition> {
  const study = importStudy(module);
  await study.catch(() => undefined);
  // Hashed after the import, so that an edit meanwhile does not pass for the loaded source.
  const hash = loaded.get(module) ?? (await sourceHashOf(moduleFileOf(module)).catch(() => null));
  if (hash === null) return study;
  loaded.set(module, hash);
  if (hash === source) return study;
  throw new AssayError('source_changed', `${module} differs here from the source that the task names`, {
    hint: 'its files were edited meanwhile: restore them, or run the study again with the new source',
  });
}
