import { trialAddress } from '../../../core/address.ts';
import { compileSpace } from '../../../search/space/compile.ts';
import type { Db } from '../../../storage/database.ts';
import type { StudyRow } from '../../../storage/schema/rows.ts';
import { metricsFromColumns } from '../../../storage/sql/metrics.ts';
import { wireTrial } from '../../optuna/encode-trial.ts';
import { pythonJson } from '../../optuna/python-json.ts';
import { readTrialPage, type StoredTrial } from '../../optuna/store/read-trials.ts';
import { requireStudy, studyAttributes } from '../../optuna/store/studies.ts';
import type { WireTrial } from '../../optuna/wire.ts';
import { pagesOf } from '../pages.ts';
import type { OptunaSink } from './sink.ts';

/** Writes a study with all that Optuna can say of it; a trial of another study gets its address here and its metrics as attributes. @returns the number of trials */
export async function exportToOptuna(
  db: Db,
  study: StudyRow,
  asOf: number | null,
  sink: OptunaSink,
  onRows: (rows: number) => void,
): Promise<number> {
  const id = String(study.id);
  const { name, directions } = await requireStudy(db, id);
  await sink.begin({
    study_id: id,
    study_name: name,
    directions,
    user_attributes: await studyAttributes(db, id, 'user'),
    system_attributes: await studyAttributes(db, id, 'system'),
  });
  let count = 0;
  for await (const page of pagesOf(wireTrials(db, study, asOf), ({ number }) => Number(number))) {
    await sink.write(page);
    count += page.length;
    onRows(count);
  }
  return count;
}

/** Reads pages of a study's trials as Optuna has them. */
function wireTrials(db: Db, study: StudyRow, revision: number | null) {
  const space = study.foreignKind === 'optuna' ? null : compileSpace(study.space);
  return async (after: number, limit: number): Promise<readonly WireTrial[]> => {
    const { rows } = await readTrialPage(db, { study: study.id, after, limit, revision });
    return rows.map((row) => (space === null ? wireTrial(row, null) : withOrigin(study.name, row, wireTrial(row, space))));
  };
}

function withOrigin(study: string, row: StoredTrial, trial: WireTrial): WireTrial {
  const metrics = metricsFromColumns(row.metric_names, row.metric_values);
  return {
    ...trial,
    user_attributes: {
      ...trial.user_attributes,
      'assay.address': pythonJson(trialAddress(study, row.number)),
      'assay.metrics': pythonJson(metrics),
    },
  };
}
