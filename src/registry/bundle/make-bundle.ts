import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { importance } from '../../search/importance/importance.ts';
import { importanceNotes } from '../../search/importance/notes.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import type { Db } from '../../storage/database.ts';
import { completeTrials } from '../../storage/readers/complete-trials.ts';
import type { findTrial } from '../../storage/readers/find.ts';
import { trials } from '../../storage/schema/index.ts';
import type { TrialEvidence } from '../../storage/validations/read-evidence.ts';
import type { EvidenceBundle, SearchSummary } from './bundle.ts';

type Found = Awaited<ReturnType<typeof findTrial>>;

export interface BundleContent extends Pick<EvidenceBundle, 'code' | 'gates' | 'verdicts' | 'champion' | 'policyHash' | 'policy'> {
  readonly found: Found;
  readonly evidence: TrialEvidence;
}

/** Collects everything that a decision on a trial rests on. @throws AssayError `conflict` if bytes of the evidence are lost or damaged */
export async function makeBundle(db: Db, store: ArtifactStore, { found, evidence, ...decided }: BundleContent): Promise<EvidenceBundle> {
  const { study, trial } = found;
  for (const hash of new Set(evidence.policies.map((policy) => policy.hash))) await wholeBytes(store, evidence.address).get(hash);
  return {
    trial: evidence.address,
    params: trial.params,
    trialSeed: trial.seed,
    evidence: evidence.evidence,
    validation: { definitionHash: evidence.definitionHash, definition: evidence.definition },
    data: evidence.data,
    search: await summariseSearch(db, study),
    policies: evidence.policies,
    ...decided,
  };
}

/** The store for reading evidence: bytes that are lost or damaged refuse a decision. */
export function wholeBytes(store: ArtifactStore, address: string): ArtifactStore {
  return {
    ...store,
    get: async (hash) => {
      try {
        return await store.get(hash);
      } catch (cause) {
        if (!(cause instanceof AssayError) || (cause.code !== 'not_found' && cause.code !== 'data_invalid')) throw cause;
        throw new AssayError('conflict', `the evidence of ${address} is not whole: ${cause.message}`, {
          ...(cause.place !== undefined && { place: cause.place }),
          ...(cause.hint !== undefined && { hint: cause.hint }),
          cause,
        });
      }
    },
  };
}

async function summariseSearch(db: Db, study: Found['study']): Promise<SearchSummary> {
  const [counts, { space, history }] = await Promise.all([
    db
      .select({ state: trials.state, n: sql<number>`count(*)::int` })
      .from(trials)
      .where(eq(trials.studyId, study.id))
      .groupBy(trials.state),
    completeTrials(db, study.name),
  ]);
  const complete = history.observations.flatMap((trial) => (trial.state === 'complete' ? [trial] : []));
  return {
    study: study.name,
    space: study.space,
    direction: study.direction,
    objectives: study.objectives,
    sampler: { id: study.samplerId, options: study.samplerOptions },
    pruner: { id: study.prunerId, options: study.prunerOptions },
    seed: study.seed,
    trials: Object.fromEntries(counts.map(({ state, n }) => [state, n])),
    values: { numbers: complete.map(({ number }) => number), values: Float64Array.from(complete, ({ value }) => value) },
    ...(study.objectives !== null && {
      objectiveValues: study.objectives.map((_, i) => Float64Array.from(complete, ({ values }) => values?.[i] ?? Number.NaN)),
    }),
    importance: importance(space, history),
    notes: importanceNotes(space, history),
  };
}
