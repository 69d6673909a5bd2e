import { unlimitedTrials } from '../search/study/describe-budget.ts';
import type { ForeignKind } from '../storage/schema/studies.ts';

/** Columns of a study that another program's clients drive: no sampler, pruner, limit or module of ours. */
export const drivenBy = (kind: ForeignKind) => ({
  samplerId: 'external',
  samplerOptions: {},
  prunerId: 'nop',
  prunerOptions: {},
  budgetTrials: unlimitedTrials,
  seed: 0,
  maxAttempts: 1,
  foreignKind: kind,
  moduleUrl: `${kind}:`,
  sourceHash: '',
  gitDirty: false,
});
