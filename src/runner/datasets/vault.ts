import type { SharedTable } from '../../core/table.ts';
import type { Vault } from '../../core/vault.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';

/**
 * The vault of a study on the data as they are now (null: it keeps none).
 * @throws AssayError `config_invalid` where it does not fit beside the folds; `not_found` for missing data
 */
export async function plannedVault({ walkForward }: Pick<StudyDefinition, 'walkForward'>, dataDir: string): Promise<Vault | null> {
  if (walkForward?.vault === undefined) return null;
  const { dataset, sessions } = walkForward.vault;
  const [{ loadDataset }, { vaultOf }] = await Promise.all([
    import('../../market/store/read.ts'),
    import('../../market/store/withhold.ts'),
  ]);
  return vaultOf(loadDataset(dataDir, dataset), sessions);
}

/** Loads data sets for code of a study that runs in this process: without its vault. */
export function datasetsWithoutVault(
  definition: Pick<StudyDefinition, 'walkForward'>,
  dataDir: string,
): (name: string) => Promise<SharedTable> {
  let vault: Promise<Vault | null> | undefined;
  return async (name) => {
    const [{ loadDataset }, { withoutVault }] = await Promise.all([
      import('../../market/store/read.ts'),
      import('../../market/store/withhold.ts'),
    ]);
    const table = loadDataset(dataDir, name);
    vault ??= plannedVault(definition, dataDir);
    return withoutVault(table, await vault);
  };
}
