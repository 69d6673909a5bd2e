import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { hashOf, type Json } from '../../core/json.ts';
import { isTime } from '../../core/time.ts';
import type { DataRef } from '../../search/study/storage.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { Db } from '../database.ts';
import { attemptData, attempts, type studies, validationFolds, validations } from '../schema/index.ts';
import { isEvidence } from './evidence-only.ts';

/** What a trial was searched with, as recorded by its last attempt. */
export interface SearchRecord {
  /** Hash of the source that it ran (null: not stored, or more than one). */
  readonly source: string | null;
  /** Hash of the packages (null: as for the source). */
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
 * Checks that the source that evaluates is the one that the trial was searched with.
 * @throws AssayError `conflict`
 */
export function refuseOtherSource(trial: string, searched: SearchRecord, current: string, place?: string): void {
  if (searched.source === current) return;
  throw new AssayError('conflict', `${trial} was searched with another version of the study's source than the one that evaluates it`, {
    ...(place === undefined ? {} : { place }),
    hint: 'put the files back as they were when the trial ran; after a change, search again under another name (--name)',
  });
}

/**
 * Checks that every fold is tested behind what the search of this trial saw.
 * @throws AssayError `conflict`, also if the end of the search window was not recorded
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
    `fold ${seen.fold} is tested from ${isoTime(seen.testStart)}, but the search of ${trial} looked at data until ${isoTime(until)}`,
    { hint: 'plan folds that begin after the search window: what the search saw proves nothing' },
  );
}

/**
 * Checks that every end of a window is a time, which NaN, an infinity and what no calendar reaches are not.
 * @throws AssayError `study_invalid`
 */
export function refuseTimelessFolds(folds: readonly FoldWindow[]): void {
  for (const { fold, trainStart, trainEnd, testStart, testEnd } of folds)
    for (const [end, at] of Object.entries({ trainStart, trainEnd, testStart, testEnd }))
      if (!isTime(at))
        throw new AssayError('study_invalid', `${end} of fold ${fold} is ${at}, which is no time`, {
          hint: 'plan folds from the times of the data, in milliseconds since 1970',
        });
}

/**
 * Checks that the folds of evidence are a walk forward: each is trained before its test begins, and tested where the test before it has
 * ended. A day that is tested twice would count twice.
 * @throws AssayError `study_invalid`
 */
export function refuseOverlappingFolds(folds: readonly FoldWindow[]): void {
  const hint = 'plan tests that follow one another, each behind its own training part; other folds have --scheme, and are no evidence';
  for (const [i, { fold, trainEnd, testStart, testEnd }] of folds.entries()) {
    const before = folds[i - 1];
    if (!(testStart < testEnd && trainEnd <= testStart))
      throw new AssayError(
        'study_invalid',
        `fold ${fold} is trained until ${isoTime(trainEnd)} and tested ${sayTest(testStart, testEnd)}`,
        { hint },
      );
    if (before !== undefined && !(testStart >= before.testEnd))
      throw new AssayError(
        'study_invalid',
        `the tests of folds ${before.fold} and ${fold} overlap: fold ${fold} is tested ${sayTest(testStart, testEnd)}, before the other has ended`,
        { hint },
      );
  }
}

/**
 * Checks that these folds are those of the study's earlier validations with the same source and data: folds follow from the data alone, so
 * others were chosen, perhaps after a result.
 * @throws AssayError `conflict`
 */
export async function refuseMovedFolds(
  db: Db,
  study: Pick<typeof studies.$inferSelect, 'id' | 'name'>,
  definition: Json,
  folds: readonly FoldWindow[],
): Promise<void> {
  const rows = await db
    .select({
      validation: validations.id,
      definition: validations.definition,
      trainStart: validationFolds.trainStart,
      trainEnd: validationFolds.trainEnd,
      testStart: validationFolds.testStart,
      testEnd: validationFolds.testEnd,
    })
    .from(validations)
    .innerJoin(validationFolds, eq(validationFolds.validationId, validations.id))
    .where(and(eq(validations.studyId, study.id), isEvidence))
    .orderBy(asc(validations.id), asc(validationFolds.fold));
  const before = rows.filter((row) => hashOf(row.definition as Json) === hashOf(definition));
  const first = before.filter(({ validation }) => validation === before[0]?.validation);
  if (first.length === 0) return;
  const differ = (start: 'trainStart' | 'testStart', end: 'trainEnd' | 'testEnd'): boolean =>
    !isDeepStrictEqual(
      // As they are stored: whole milliseconds, and -0 is 0.
      folds.map((fold) => [new Date(fold[start]).getTime(), new Date(fold[end]).getTime()]),
      first.map((fold) => [fold[start].getTime(), fold[end].getTime()]),
    );
  const moved = (what: string): AssayError =>
    new AssayError('conflict', `the folds of ${study.name} were ${what} before, with the same source and data`, {
      hint: 'plan the folds from the data alone; to take other days, search again under another name (--name)',
    });
  if (differ('testStart', 'testEnd')) throw moved(`tested from ${first[0]!.testStart.toISOString()}`);
  // The newest validation counts: other training would be another try on the same tests, and no further look at them.
  if (differ('trainStart', 'trainEnd')) throw moved('trained on other days');
}

function sayTest(start: number, end: number): string {
  return `from ${isoTime(start)} until ${isoTime(end)}`;
}

/** Whatever a plan gives, also where it is no time. */
function isoTime(ms: number): string {
  return isTime(ms) ? new Date(ms).toISOString() : String(ms);
}

/**
 * Checks that each name has one content, in the search and in every evaluation.
 * @returns all data sets, by name
 * @throws AssayError `conflict`
 */
export function refuseMixedData(trial: string, reads: readonly DataRef[]): readonly DataRef[] {
  const byName = new Map<string, string>();
  for (const { name, hash } of reads) {
    if ((byName.get(name) ?? hash) !== hash)
      throw new AssayError('conflict', `the evidence of ${trial} mixes two contents of the data set ${name}`, {
        hint: 'recreate the data set as it was when the trial ran, or search again under another name (--name)',
      });
    byName.set(name, hash);
  }
  return [...byName].map(([name, hash]) => ({ name, hash })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
