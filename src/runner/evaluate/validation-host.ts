import { AssayError } from '../../core/errors.ts';
import type { SharedTable } from '../../core/table.ts';
import type { Vault } from '../../core/vault.ts';
import type { Db } from '../../storage/database.ts';
import { bindData } from '../../storage/sql/bind-data.ts';
import { recordDataDays } from '../../storage/verbs/record-data-days.ts';
import { otherData } from '../datasets/bound.ts';
import { cachedDatasets } from '../datasets/cache.ts';
import type { Host } from '../pool/pool.ts';

export type Persistently = <Result>(verb: () => Promise<Result>) => Promise<Result>;

/**
 * Loads data sets for a study. A validation that reads one binds the study to its content, as a trial does, and writes down what its sessions
 * are, which looks are counted by.
 * @param onRead called with the hash of a content before it is handed out
 */
export function boundDatasets(
  db: Db,
  dataDir: string,
  study: { readonly id: number; readonly name: string; readonly vault: Vault | null },
  persistently: Persistently,
  onRead: (hash: string) => Promise<void> | undefined,
) {
  const load = cachedDatasets(dataDir, {
    vaultOf: async () => study.vault,
    recordDays: (hash, days) => persistently(() => recordDataDays(db, hash, days)),
  });
  return (name: string): Promise<SharedTable> =>
    load(study.id, name, async ({ hash }) => {
      if ((await persistently(() => bindData(db, study.id, { name, hash }))) !== hash) throw otherData(study.name, name);
      await onRead(hash);
    });
}

/** Serves an evaluation's thread: data sets and runtime info. All other calls belong to trials. */
export function validationHost(
  datasets: (name: string) => Promise<SharedTable>,
  reads: Map<string, string>,
  facts: Record<string, string>,
): Host {
  const notHere = () => Promise.reject(new AssayError('internal', 'only a trial may call this, not an evaluation'));
  return {
    report: async () => ({ kind: 'continue' }),
    artifact: notHere,
    searched: notHere,
    checkpoint: notHere,
    findCheckpoint: notHere,
    resume: notHere,
    runsOn: async (call) => {
      Object.assign(facts, call.facts);
      return null;
    },
    warn: notHere,
    dataset: async ({ name }) => {
      const table = await datasets(name);
      reads.set(name, table.hash);
      return table;
    },
  };
}
