import { parseTrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import { type NextStudy, recordVerdict } from '../storage/commands/freeze.ts';
import type { Db } from '../storage/database.ts';
import { findStudy } from '../storage/readers/find.ts';
import { requireStandingFreeze } from '../storage/readers/freezes.ts';
import type { StudyRow } from '../storage/schema/rows.ts';
import { readValidation } from '../storage/validations/read-validation.ts';
import { type GateResult, refuses } from '../validation/gates/index.ts';
import type { AskedPolicy } from './asked-policies.ts';
import { gateDocument } from './gate-document.ts';
import { checkTrialGates } from './trial-gates.ts';

export interface Judging {
  readonly group: string;
  /** Address of the trial (null: every validated trial of the study that works, until one passes). */
  readonly trial: string | null;
  readonly by: string;
  /** Returns the study that green opens (null: none is declared). */
  readonly next: (study: StudyRow) => Promise<NextStudy | null>;
}

export interface Judged {
  readonly colour: 'green' | 'red';
  /** Address of the trial that passed, or of the last that did not. */
  readonly trial: string;
  readonly gateResults: readonly GateResult[];
  readonly policies: readonly AskedPolicy[];
  /** The study that green opened (null: none). */
  readonly opened: string | null;
  /** Trials that could not be judged, such as one whose validation is unfinished, and why. */
  readonly unjudged: readonly { readonly trial: string; readonly because: string }[];
}

/**
 * Asks the gates that a frozen group waits for about trials of the study that works, and records what they say: green lifts the freeze and
 * opens the next study, red keeps it. Of all validated trials those that cannot be judged are left out, and named.
 * @throws AssayError `conflict` if the group is not frozen, the trial is of another study, or no trial of the study is validated or can be
 * judged; `not_found`; errors of the gates and of the next study. Nothing is recorded then
 */
export async function judgeFreeze(db: Db, dataDir: string, { group, trial, by, next }: Judging): Promise<Judged> {
  const { study, policy } = await requireStandingFreeze(db, group);
  const asked = trial === null ? await validatedTrials(db, study) : [ofStudy(trial, study)];
  let judged: Omit<Judged, 'unjudged'> | null = null;
  const conflicts: { readonly trial: string; readonly error: AssayError }[] = [];
  for (const address of asked) {
    const checked = await checkTrialGates(db, dataDir, parseTrialAddress(address), policy).catch((error: unknown) => {
      if (trial !== null || !(error instanceof AssayError) || error.code !== 'conflict') throw error;
      conflicts.push({ trial: address, error });
      return null;
    });
    if (checked === null) continue;
    const { passed, gateResults, policies } = checked;
    const opens = passed ? await next(await findStudy(db, study)) : null;
    const verdicts = gateResults.map(gateDocument);
    await recordVerdict(db, { group, trial: address, policy, passed, reason: reasonOf(gateResults), verdicts, next: opens, by });
    judged = { colour: passed ? 'green' : 'red', trial: address, gateResults, policies, opened: opens?.name ?? null };
    if (passed) break;
  }
  if (judged === null) throw conflicts[0]!.error;
  return { ...judged, unjudged: conflicts.map(({ trial: of, error }) => ({ trial: of, because: error.message })) };
}

function ofStudy(trial: string, study: string): string {
  const { study: of, number } = parseTrialAddress(trial);
  if (of === study) return trialAddress(of, number);
  throw new AssayError('conflict', `${trial} is no trial of ${study}, which the freeze waits for`, {
    hint: `assay trial ls ${study} shows its trials`,
  });
}

async function validatedTrials(db: Db, study: string): Promise<readonly string[]> {
  const { items } = await readValidation(db, study);
  if (items.length > 0) return items.map(({ address }) => address);
  throw new AssayError('conflict', `no trial of ${study} is validated yet`, { hint: `first: assay validate ${study}` });
}

/** What failed, in the words of the gates. */
function reasonOf(gateResults: readonly GateResult[]): string {
  const failed = gateResults.filter(refuses).map(({ gate, because }) => `${gate}: ${because}`);
  return failed.length === 0 ? 'no gate refused' : failed.join('; ');
}
