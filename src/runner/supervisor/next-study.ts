import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { toStudyDescription } from '../../search/study/describe-study.ts';
import type { NextStudy } from '../../storage/commands/freeze.ts';
import type { Db } from '../../storage/database.ts';
import { storedStudy } from '../../storage/readers/find.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import { loadStudy } from '../study-files/load-study.ts';
import { moduleFileOf } from '../study-files/module-url.ts';
import { describeOnData } from './describe-on-data.ts';

/**
 * The study that is opened once a trial of this one lifts the freeze of their group (null: none is declared): as it is stored, or as the
 * file beside this one's describes it (`dual-ticker-full.ts`).
 * @param dataDir where its folds are planned (null: they are not)
 * @throws AssayError `study_invalid` if there is neither, or the file has another name in it; errors of the file and of its folds
 */
export async function nextStudyOf(
  db: Db,
  { name: of, nextStudy: name, moduleUrl }: Pick<StudyRow, 'name' | 'nextStudy' | 'moduleUrl'>,
  dataDir: string | null,
): Promise<NextStudy | null> {
  if (name === null) return null;
  if ((await storedStudy(db, name)) !== null) return { name, description: null };
  const file = join(dirname(moduleFileOf(moduleUrl)), `${name}.ts`);
  if (!existsSync(file))
    throw new AssayError('study_invalid', `the study ${name}, which comes after ${of}, is neither stored nor described there`, {
      place: file,
      hint: `write it beside the file of ${of}, open it with \`assay run\`, or correct next in the definition of ${of}`,
    });
  const { definition, module } = await loadStudy(file, dataDir === null ? {} : { checkTypesIn: dataDir });
  if (definition.name !== name)
    throw new AssayError('study_invalid', `the study in it is ${definition.name}, not ${name}`, {
      place: file,
      hint: `name it ${name}, as next of ${of} does`,
    });
  const onData = dataDir === null ? {} : await describeOnData(definition, dataDir);
  return { name, description: { ...toStudyDescription(definition, module), ...onData } };
}
