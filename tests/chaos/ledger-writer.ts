import { setTimeout as sleep } from 'node:timers/promises';
import { promote } from '../../src/registry/promote.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { connect } from '../../src/storage/connect.ts';
import type { Db } from '../../src/storage/database.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { askedBy, gateResult, validateTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { patience } from './follower.ts';

/**
 * Writes decisions into the ledger through the broken network until the signal. Resolves to the records that were acknowledged: each
 * must be there afterwards; one whose reply was lost may be.
 */
export async function prepareLedger(
  db: Db,
  dataDir: string,
): Promise<(databaseUrl: string, signal: AbortSignal) => Promise<readonly number[]>> {
  const store = createArtifactStore(dataDir, {});
  const study = await studyWith(db, [{ outcome: complete(0.4) }], { name: 'validated-before-the-chaos' });
  await validateTrial(db, store, study.id, 0);
  const { hash } = await store.put(Buffer.from('a policy'));
  const evidence = await readEvidence(db, store, 'validated-before-the-chaos#0');
  const request = {
    model: 'survivor',
    alias: 'champion',
    address: 'validated-before-the-chaos#0',
    gateResults: [gateResult()],
    policies: askedBy('default'),
    evidence,
    policyHash: hash,
    data: [{ name: 'bars', hash: 'd'.repeat(64) }],
    by: { user: 'chaos', host: 'here' },
    code: { gitCommit: null, gitDirty: false, lockfileHash: 'e'.repeat(64), node: process.version },
  };
  return async (databaseUrl, signal) => {
    const acknowledged: number[] = [];
    while (!signal.aborted) {
      await sleep(400, undefined, { signal }).catch(() => undefined);
      try {
        const connection = await connect({ databaseUrl, poolSize: 1, ...patience });
        try {
          const { promotion } = await promote(connection.db, store, request);
          acknowledged.push(promotion.sequence);
        } finally {
          await connection.close();
        }
      } catch {
        // The network or the server is away: nothing was acknowledged, and the next turn tries again.
      }
    }
    return acknowledged;
  };
}
