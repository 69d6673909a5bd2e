import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { PlannedWindow, StudyAhead } from '../../search/study/study-ahead.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import { datasetsWithoutVault, plannedVault } from '../datasets/vault.ts';

/**
 * The windows of a study with these folds on the data as they are now, its vault as the last (null: it does not tell them).
 * @throws AssayError as the study's own `ahead` does
 */
export async function aheadOn(
  definition: Pick<StudyDefinition, 'walkForward'>,
  dataDir: string,
  folds: readonly FoldWindow[],
): Promise<StudyAhead | null> {
  const ahead = await definition.walkForward?.ahead?.({ dataset: datasetsWithoutVault(definition, dataDir) }, folds);
  if (ahead === undefined) return null;
  return { ...ahead, windows: [...ahead.windows, ...(await vaultWindow(definition, dataDir))] };
}

/** The sessions that no code of the study sees; none without a vault. */
async function vaultWindow(definition: Pick<StudyDefinition, 'walkForward'>, dataDir: string): Promise<readonly PlannedWindow[]> {
  const vault = await plannedVault(definition, dataDir);
  if (vault === null) return [];
  const [{ barsFromTable, loadDataset }, { tradingDateOf }] = await Promise.all([
    import('../../market/store/read.ts'),
    import('../../market/sessions.ts'),
  ]);
  const { calendar, barMs } = barsFromTable(loadDataset(dataDir, vault.dataset));
  const [firstDay, lastDay] = [vault.fromMs, vault.untilMs - barMs].map((startMs) => tradingDateOf(calendar, startMs));
  return [{ use: 'vault', fold: null, firstDay: firstDay!, lastDay: lastDay!, sessions: vault.sessions, purged: 0 }];
}
