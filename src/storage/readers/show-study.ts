import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import type { Replicates } from '../../search/trial/replicates.ts';
import type { Db } from '../database.ts';
import { moduleOf } from '../sql/module-of.ts';
import { findStudy } from './find.ts';
import { type StudyItem, summarise } from './study-item.ts';

export interface StudyDetail
  extends StudyItem,
    Pick<
      StudyDescription,
      'space' | 'spaceHash' | 'sampler' | 'pruner' | 'pruneOn' | 'seed' | 'maxAttempts' | 'priority' | 'needs' | 'policy' | 'module'
    > {
  /** How often a configuration is tried (absent: once). */
  readonly replicates?: Exclude<Replicates, 'none'>;
  /** Null: the study does not say. */
  readonly evidence: EvidenceAhead | null;
  /** The study that is opened once a trial of this one lifts the freeze of the group (null: none). */
  readonly next: string | null;
}

/** @throws AssayError `not_found`. */
export async function showStudy(db: Db, name: string): Promise<StudyDetail> {
  const study = await findStudy(db, name);
  const [summary] = await summarise(db, sql`id = ${study.id}`, 1);
  if (summary === undefined) throw new AssayError('not_found', `study ${name} was removed at this moment`);
  return {
    ...summary.item,
    space: study.space,
    spaceHash: study.spaceHash,
    sampler: { id: study.samplerId, options: study.samplerOptions },
    pruner: { id: study.prunerId, options: study.prunerOptions },
    pruneOn: study.pruneOn,
    ...(study.replicates !== null && { replicates: study.replicates }),
    seed: study.seed,
    maxAttempts: study.maxAttempts,
    priority: study.priority,
    needs: study.needs,
    evidence: study.evidenceAhead,
    next: study.nextStudy,
    policy: study.policy,
    module: moduleOf(study),
  };
}
