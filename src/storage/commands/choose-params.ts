import { eq } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { prunerOf } from '../../search/pruners/index.ts';
import { withHistoryFilter } from '../../search/pruners/with-history-filter.ts';
import { samplerOf } from '../../search/samplers/index.ts';
import { drawUniform } from '../../search/samplers/random/uniform.ts';
import { suggest } from '../../search/samplers/suggest.ts';
import { compileSpace } from '../../search/space/compile.ts';
import { completeParams } from '../../search/space/complete-params.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { byConfiguration } from '../../search/trial/configurations.ts';
import type { Db } from '../database.ts';
import { readHistory } from '../history/read-history.ts';
import { findTrial } from '../readers/find.ts';
import { studies } from '../schema/index.ts';
import type { TrialRow } from '../schema/rows.ts';

/** Sources of the parameters of a trial that a person enqueues. */
export interface Choosing {
  readonly params: FlatParams;
  /** Takes the missing parameters from this trial, of this study or another. */
  readonly like?: TrialAddress | undefined;
  /** With `like`: also its seed. */
  readonly sameSeed?: boolean | undefined;
  /** True: the sampler draws what is still missing. False: `enqueue` refuses it. */
  readonly drawsRest?: boolean | undefined;
}

export interface Chosen {
  readonly params: FlatParams;
  /** Absent: derived from the study's seed and the number. */
  readonly seed?: number;
  /** Address of the trial that this one repeats exactly. */
  readonly repeatOf?: string;
}

/**
 * Completes the given parameters from another trial and from the sampler.
 * @throws AssayError `not_found`; `conflict` for a trial whose seed does not repeat it; errors of the sampler and of its time limit
 */
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
    const known = await readHistory(db, study);
    // As its asks see it; a configuration that is still to be repeated is not what completes a new one.
    const history = typeof study.replicates === 'number' ? byConfiguration(known) : known;
    const rng = createRng(study.seed).fork('suggest').fork(study.nextNumber);
    const pruner = prunerOf({ id: study.prunerId, options: study.prunerOptions });
    const sampler = withHistoryFilter(pruner, samplerOf({ id: study.samplerId, options: study.samplerOptions }));
    const rest = rng.fork('rest');
    // The suggestion may be on another branch than the given parameters: those that exist only there are drawn uniformly.
    chosen = completeParams(space, [...sources, suggest(sampler, space, history, rng)], ({ param }) => drawUniform(param, rest));
  }
  // Keeps given values that do not fit, so that `checkParams` names them.
  const params = { ...chosen.params, ...given };
  if (origin === null || like === undefined || !sameSeed) return { params };
  const isSame = canonicalJson(params) === canonicalJson(origin.params);
  return { params, seed: repeatableSeed(origin), ...(isSame && { repeatOf: trialAddress(like.study, like.number) }) };
}

/** Seed that repeats a trial. @throws AssayError `conflict` for results from elsewhere and forks */
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
