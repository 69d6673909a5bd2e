import { asc, eq } from 'drizzle-orm';
import type { TrialAddress } from '../../core/address.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import type { Db } from '../database.ts';
import { artifacts, attempts, trialArtifacts, trialReturns } from '../schema/index.ts';
import { readValidation, type ValidationItem } from '../validations/read-validation.ts';
import { figuresOfTrials, withFigures } from './configurations.ts';
import { findTrial } from './find.ts';
import { type ReportItem, reportsOf } from './read-reports.ts';
import { type TrialItem, trialItem } from './trial-item.ts';

export interface AttemptItem {
  readonly attempt: number;
  readonly worker: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Step of the checkpoint that it continued from (null: it began anew). */
  readonly resumedStep: number | null;
  /** Hash of the source that it ran (null: not stored, or more than one source). */
  readonly sourceHash: string | null;
  readonly packagesHash: string | null;
  /** Versions, processor, device and executor (null: not stored). */
  readonly ranOn: RuntimeInfo | null;
  readonly ending: NonNullable<(typeof attempts.$inferSelect)['ending']> | null;
}

export interface ArtifactItem {
  readonly attempt: number;
  readonly role: string;
  readonly hash: string;
  readonly bytes: number;
}

export interface TrialDetail extends TrialItem {
  readonly seed: number;
  readonly queuedAt: string;
  /** At most 500 per attempt; `reportsTotal` is the number stored. */
  readonly reports: readonly ReportItem[];
  readonly reportsTotal: number;
  readonly attempts: readonly AttemptItem[];
  readonly artifacts: readonly ArtifactItem[];
  /**
   * Daily net returns on the inner validation part: those of the value, of a pruned trial those of its last report (null: the objective
   * returned none).
   */
  readonly innerReturns: DailyReturns | null;
  /** Newest validation that evaluated the trial. */
  readonly validation: ValidationItem | null;
}

/** @throws AssayError `not_found`. */
export async function showTrial(db: Db, address: string | TrialAddress): Promise<TrialDetail> {
  const { study, trial } = await findTrial(db, address);
  const [reports, tries, attached, inner, validation, figures] = await Promise.all([
    reportsOf(db, trial.id, 500),
    db.select().from(attempts).where(eq(attempts.trialId, trial.id)).orderBy(asc(attempts.attempt)),
    db
      .select({ attempt: trialArtifacts.attempt, role: trialArtifacts.role, hash: artifacts.hash, bytes: artifacts.bytes })
      .from(trialArtifacts)
      .innerJoin(artifacts, eq(artifacts.hash, trialArtifacts.hash))
      .where(eq(trialArtifacts.trialId, trial.id))
      .orderBy(asc(trialArtifacts.attempt), asc(trialArtifacts.role)),
    db.select({ days: trialReturns.days, returns: trialReturns.returns }).from(trialReturns).where(eq(trialReturns.trialId, trial.id)),
    readValidation(db, study.name, { number: trial.number }),
    figuresOfTrials(db, study, [trial.number]),
  ]);
  return {
    ...withFigures(trialItem(study, trial), figures.get(trial.number)),
    seed: trial.seed,
    queuedAt: trial.queuedAt.toISOString(),
    reports: reports.items,
    reportsTotal: reports.total,
    attempts: tries.map(({ attempt, worker, startedAt, endedAt, ending, resumedStep, sourceHash, packagesHash, ranOn }) => ({
      attempt,
      worker,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
      ending,
      resumedStep,
      sourceHash,
      packagesHash,
      ranOn,
    })),
    artifacts: attached,
    innerReturns: inner[0] ?? null,
    validation: validation.items[0] ?? null,
  };
}
