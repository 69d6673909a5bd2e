import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { bytesToFloats } from '../artifacts/floats.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { evaluations } from '../schema/index.ts';
import { metricsFromColumns } from '../sql/metrics.ts';

/** A stored evaluation as it was made; its returns by step come from the artifact store. */
export async function evaluationFromRow(store: ArtifactStore, row: typeof evaluations.$inferSelect): Promise<FoldEvaluation> {
  return {
    metrics: metricsFromColumns(row.metricNames, row.metricValues),
    dailyReturns: row.dailyReturns,
    ...(row.sessionRewards && { sessionRewards: row.sessionRewards }),
    stepReturns: bytesToFloats(await store.get(row.stepReturnsHash)),
    earlyTerminations: row.earlyTerminations,
    drawdownLimit: row.drawdownLimit,
    friction: { transactionBp: row.transactionBp, impactBp: row.impactBp, paid: row.frictionPaid },
  };
}
