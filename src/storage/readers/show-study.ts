import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import type { Replicates } from '../../search/trial/replicates.ts';
import type { Db } from '../database.ts';
import { warmStarts } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
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
  /** Earlier studies that it starts from (absent: none). */
  readonly warmStart?: readonly WarmStartItem[];
  /** Null: the study does not say. */
  readonly evidence: EvidenceAhead | null;
  /** The study that is opened once a trial of this one lifts the freeze of the group (null: none). */
  readonly next: string | null;
}

/** What was taken of an earlier study when the study first named it. */
export interface WarmStartItem {
  readonly study: string;
  /** Number of its complete trials that were taken. */
  readonly trials: number;
  /** Number of its trials by then; where they looked at the same data, the bar for luck counts them. */
  readonly tried: number;
  readonly takenAt: string;
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
    ...(study.warmStart !== null && { warmStart: await readWarmStart(db, study) }),
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

async function readWarmStart(db: Db, { id, warmStart }: StudyRow): Promise<readonly WarmStartItem[]> {
  const { source, tried, takenAt } = warmStarts;
  const rows = await db
    .select({ source, tried, takenAt, trials: sql<number>`cardinality(${warmStarts.values})` })
    .from(warmStarts)
    .where(eq(warmStarts.studyId, id));
  return (warmStart ?? []).flatMap((name) =>
    rows
      .filter((row) => row.source === name)
      .map((row) => ({ study: name, trials: row.trials, tried: row.tried, takenAt: row.takenAt.toISOString() })),
  );
}
