import { eq } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { prunerOf } from '../../search/pruners/index.ts';
import { withHistoryFilter } from '../../search/pruners/with-history-filter.ts';
import { samplerOf } from '../../search/samplers/index.ts';
import { drawUniform } from '../../search/samplers/random/uniform.ts';
import { compileSpace } from '../../search/space/compile.ts';
import { completeParams } from '../../search/space/complete-params.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { readHistory } from '../history/read-history.ts';
import { findTrial } from '../readers/find.ts';
import { studies } from '../schema/index.ts';
import type { TrialRow } from '../schema/rows.ts';

/** How a person chooses the parameters of a trial. */
export interface Choosing {
  readonly params: FlatParams;
  /** Parameters that were not given are this trial's, of this study or another. */
  readonly like?: TrialAddress | undefined;
  /** With `like`: its seed as well. */
  readonly sameSeed?: boolean | undefined;
  /** What is given by neither is drawn by the study's sampler; else it is missing, and `enqueue` says so. */
  readonly drawsRest?: boolean | undefined;
}

export interface Chosen {
  readonly params: FlatParams;
  /** Absent: the number's own. */
  readonly seed?: number;
  /** The address of the trial of which this is an exact repetition. */
  readonly repeatOf?: string;
}

/** @throws AssayError `not_found`; `conflict` for a trial whose seed does not repeat it; what the study's sampler throws. */
export async function chooseParams(
  db: Db,
  id: StudyId,
  { params: given, like, sameSeed = false, drawsRest = false }: Choosing,
): Promise<Chosen> {
  const [study] = await db.select().from(studies).where(eq(studies.id, id));
  if (study === undefined)
    throw new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
  const origin = like === undefined ? null : (await findTrial(db, like)).trial;
  const space = compileSpace(study.space);
  const sources = [given, origin?.params ?? {}];
  let chosen = completeParams(space, sources);
  if (drawsRest && chosen.missing.length > 0) {
    const history = await readHistory(db, study);
    const rng = createRng(study.seed).fork('suggest').fork(study.nextNumber);
    const pruner = prunerOf({ id: study.prunerId, options: study.prunerOptions });
    const sampler = withHistoryFilter(pruner, samplerOf({ id: study.samplerId, options: study.samplerOptions }));
    const rest = rng.fork('rest');
    // A suggestion may have taken another branch than the one that was given: what exists only there is drawn evenly.
    chosen = completeParams(space, [...sources, sampler.suggest(space, history, rng)], ({ param }) => drawUniform(param, rest));
  }
  // What was given and does not fit is put back, for `checkParams` to name.
  const params = { ...chosen.params, ...given };
  if (origin === null || like === undefined || !sameSeed) return { params };
  const isSame = canonicalJson(params) === canonicalJson(origin.params);
  return { params, seed: repeatableSeed(origin), ...(isSame && { repeatOf: trialAddress(like.study, like.number) }) };
}

/** The seed with which a trial can be had again. @throws AssayError `conflict`. */
export function repeatableSeed({ number, attempt, worker, seed, forkedFrom }: TrialRow): number {
  if (attempt === 0 && worker !== null)
    throw new AssayError('conflict', `the result of trial ${number} was entered from elsewhere: it has no seed`, {
      hint: 'leave --same-seed out',
    });
  if (forkedFrom !== null)
    throw new AssayError(
      'conflict',
      `trial ${number} went on from a checkpoint of trial ${forkedFrom}: its seed alone does not repeat it`,
      {
        hint: 'leave --same-seed out to train its parameters from the start',
      },
    );
  return seed;
}
