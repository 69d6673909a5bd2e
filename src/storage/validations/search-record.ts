import { and, asc, eq } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { DataRef } from '../../search/study/storage.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { Db } from '../database.ts';
import { attemptData, attempts } from '../schema/index.ts';

/** What a trial was searched with, as its own last attempt wrote it down: whatever the study says today. */
export interface SearchRecord {
  /** Hash of the source that it ran; null for one of before that was kept, and where it was more than one. */
  readonly source: string | null;
  /** The same of the packages that its study was opened with. */
  readonly packages: string | null;
  readonly data: readonly (DataRef & { readonly searchedUntil: Date | null })[];
}

export async function readSearchRecord(db: Db, trial: { readonly id: number; readonly attempt: number }): Promise<SearchRecord> {
  const [own, data] = await Promise.all([
    db
      .select({ source: attempts.sourceHash, packages: attempts.packagesHash })
      .from(attempts)
      .where(and(eq(attempts.trialId, trial.id), eq(attempts.attempt, trial.attempt))),
    db
      .select({ name: attemptData.name, hash: attemptData.hash, searchedUntil: attemptData.searchedUntil })
      .from(attemptData)
      .where(and(eq(attemptData.trialId, trial.id), eq(attemptData.attempt, trial.attempt)))
      .orderBy(asc(attemptData.name)),
  ]);
  return { source: own[0]?.source ?? null, packages: own[0]?.packages ?? null, data };
}

/**
 * A trial may only be judged by the source that it was searched with.
 * @throws AssayError `conflict`.
 */
export function refuseOtherSource(trial: string, searched: SearchRecord, judging: string, place?: string): void {
  if (searched.source === judging) return;
  throw new AssayError('conflict', `${trial} was searched with another version of the study's source than the one that judges it`, {
    ...(place === undefined ? {} : { place }),
    hint: 'put the files back as they were when the trial ran; after a change, search again under another name (--name)',
  });
}

/**
 * Every fold must be tested behind what the search of this trial saw.
 * @throws AssayError `conflict`, also where nobody wrote down how far the search looked: what cannot be shown does not count.
 */
export function refuseSeenFolds(trial: string, searched: SearchRecord, folds: readonly Pick<FoldWindow, 'fold' | 'testStart'>[]): void {
  const silent = searched.data.find(({ searchedUntil }) => searchedUntil === null);
  if (silent !== undefined || searched.data.length === 0) {
    const what = silent === undefined ? 'which data it looked at' : `how far it looked into the data set ${silent.name}`;
    throw new AssayError('conflict', `${trial} did not say ${what}, so no fold can be shown to lie behind its search`, {
      hint: 'the objective says so with context.searched({ dataset, untilMs }); then search again under another name (--name)',
    });
  }
  const until = Math.max(...searched.data.map(({ searchedUntil }) => searchedUntil?.getTime() ?? Number.POSITIVE_INFINITY));
  const seen = folds.find(({ testStart }) => !(testStart >= until));
  if (seen === undefined) return;
  throw new AssayError(
    'conflict',
    `fold ${seen.fold} is tested from ${new Date(seen.testStart).toISOString()}, but the search of ${trial} looked at data until ${new Date(until).toISOString()}`,
    { hint: 'plan folds that begin after the search window: what the search saw proves nothing' },
  );
}

/**
 * One content under each name, in the search and in every judgement.
 * @returns all of them, by name.
 * @throws AssayError `conflict`.
 */
export function refuseMixedData(trial: string, reads: readonly DataRef[]): readonly DataRef[] {
  const byName = new Map<string, string>();
  for (const { name, hash } of reads) {
    if ((byName.get(name) ?? hash) !== hash)
      throw new AssayError('conflict', `the evidence of ${trial} mixes two contents of the data set ${name}`, {
        hint: 'make the data set again as it was when the trial ran, or search again under another name (--name)',
      });
    byName.set(name, hash);
  }
  return [...byName].map(([name, hash]) => ({ name, hash })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
