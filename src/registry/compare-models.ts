import { and, eq, sql } from 'drizzle-orm';
import { parseModelAddress, parseTrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import type { Db } from '../storage/database.ts';
import { findTrial } from '../storage/readers/find.ts';
import { trials } from '../storage/schema/index.ts';
import type { StudyRow, TrialRow } from '../storage/schema/rows.ts';
import { readJudged } from '../storage/validations/read-judged-trial.ts';
import { readSearchRecord } from '../storage/validations/search-record.ts';
import { type ComparedTrials, compareJudged, type JudgedTrial, unpaired } from '../validation/compare-judged.ts';
import { findVersion } from './models.ts';

interface FoundTrial {
  readonly study: StudyRow;
  readonly trial: TrialRow;
}

export interface PairedComparison extends ComparedTrials {
  /** Address of the trial that was judged as the reference; a repetition of it where the trial itself was judged on other days. */
  readonly referenceTrial: string;
  readonly trial: string;
}

/**
 * Compares two judged trials or models (`study#42`, `scalper@champion`, `scalper@7`) in pairs of days.
 * @throws AssayError as {@link judgedPair}; `conflict` where days, data, seeds or costs differ, with what to run
 */
export async function comparePaired(db: Db, reference: string, challenger: string): Promise<PairedComparison> {
  const pair = await judgedPair(db, reference, challenger);
  return { ...compareJudged(pair.reference, pair.challenger), referenceTrial: pair.reference.trial, trial: pair.challenger.trial };
}

/**
 * The newest validation of the challenger with the newest fitting one of the reference; where none fits, the newest of each. Where the
 * reference was judged on other days only, a trial of the challenger's study that repeats it (same source, parameters and seed) stands for it.
 * @throws AssayError `not_found`; `conflict` where one of them was never judged
 */
export async function judgedPair(
  db: Db,
  reference: string,
  challenger: string,
): Promise<{ readonly reference: JudgedTrial; readonly challenger: JudgedTrial }> {
  const [of, to] = [await trialOf(db, challenger), await trialOf(db, reference)];
  const [newest] = await readJudged(db, of, challenger);
  if (newest === undefined) throw neverJudged(challenger, of);
  const candidates = [...(await readJudged(db, to, reference)), ...(await repetitionsOf(db, to, of.study, reference))];
  const [first] = candidates;
  if (first === undefined) throw neverJudged(reference, to);
  return { reference: candidates.find((judged) => unpaired(judged, newest) === null) ?? first, challenger: newest };
}

/** The trial of an address, or of the version that a model's address names. */
async function trialOf(db: Db, address: string): Promise<FoundTrial> {
  if (!address.includes('@')) return findTrial(db, parseTrialAddress(address));
  return findTrial(db, (await findVersion(db, parseModelAddress(address))).trial);
}

function neverJudged(name: string, { study, trial }: FoundTrial): AssayError {
  const address = trialAddress(study.name, trial.number);
  return new AssayError('conflict', `${name === address ? name : `${name} (${address})`} has no finished validation`, {
    hint: `assay validate '${address}'`,
  });
}

/** What was judged of the trials of a study that repeat another study's trial: same source, parameters and seed. */
async function repetitionsOf(db: Db, { study, trial }: FoundTrial, within: StudyRow, name: string): Promise<readonly JudgedTrial[]> {
  if (within.id === study.id) return [];
  const rows = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, within.id), eq(trials.repeatOf, trialAddress(study.name, trial.number)), eq(trials.state, 'complete')))
    .orderBy(sql`${trials.number} desc`);
  const { source } = await readSearchRecord(db, trial);
  const judged = await Promise.all(
    rows.map(async (row) => {
      const isSame =
        row.seed === trial.seed &&
        canonicalJson(row.params) === canonicalJson(trial.params) &&
        source !== null &&
        (await readSearchRecord(db, row)).source === source;
      return isSame ? readJudged(db, { study: within, trial: row }, name) : [];
    }),
  );
  return judged.flat();
}
