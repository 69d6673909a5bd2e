import { AssayError, messageOf } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { drawUniform } from '../../search/samplers/random/uniform.ts';
import { completeParams } from '../../search/space/complete-params.ts';
import { middleParams } from '../../search/space/middle.ts';
import { nest } from '../../search/space/nest.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import type { StudyAhead } from '../../search/study/study-ahead.ts';
import type { EvidenceAhead, FoldWindow } from '../../search/study/walk-forward.ts';
import { datasetsWithoutVault } from '../datasets/vault.ts';
import { aheadOn } from '../plan/ahead-on.ts';

/** The folds of a study on the current data, and what they will give. */
export interface PlannedFolds {
  readonly folds: readonly FoldWindow[];
  /** null: the study does not tell. */
  readonly evidence: (EvidenceAhead & { readonly folds: number }) | null;
  /** null: it does not tell its windows. */
  readonly ahead: StudyAhead | null;
}

/**
 * Plans the folds of a study on the current data before the search starts, so that a study that cannot be validated is refused.
 * @returns the folds and the evidence that they will give (null: the study has no walk-forward).
 * @throws AssayError `config_invalid` for folds that do not fit into the data, `not_found` for missing data, `study_invalid`
 * for a plan without folds and for any other error of the plan.
 */
export async function foldsAheadOf({ walkForward }: Pick<StudyDefinition, 'walkForward'>, dataDir: string): Promise<PlannedFolds | null> {
  if (walkForward === null) return null;
  const context = { dataset: datasetsWithoutVault({ walkForward }, dataDir) };
  try {
    const folds = await walkForward.plan(context);
    if (folds.length === 0) throw new AssayError('study_invalid', 'it has no folds', { hint: 'return at least one fold from plan' });
    const evidence = await walkForward.evidence?.(context, folds);
    return {
      folds,
      evidence: evidence === undefined ? null : { ...evidence, folds: folds.length },
      ahead: await aheadOn({ walkForward }, dataDir, folds),
    };
  } catch (cause) {
    const known = cause instanceof AssayError ? cause : null;
    throw new AssayError(known?.code ?? 'study_invalid', `the walk-forward of the study cannot be planned: ${messageOf(cause)}`, {
      hint: known?.hint ?? 'correct plan in the study file: it runs before the search starts',
      ...(known?.place !== undefined && { place: known.place }),
      cause,
    });
  }
}

/** Sets of parameters that are tried beside the middle of the ranges. */
const otherSets = 4;

/**
 * Checks what the trials of a study have in common, on the current data, before the study is created. One set of parameters that can be is
 * enough: settings that only some parameters make impossible are those trials' own.
 * @throws AssayError as the study's check does for the middle of the ranges; `study_invalid` for any other error of it.
 */
export async function checkSettings(
  { walkForward, space }: Pick<StudyDefinition, 'walkForward' | 'space'>,
  dataDir: string,
): Promise<void> {
  if (walkForward?.check === undefined) return;
  const dataset = datasetsWithoutVault({ walkForward }, dataDir);
  const rng = createRng('check');
  const draw = () => completeParams(space, [], ({ param }) => drawUniform(param, rng)).params;
  let first: unknown;
  for (const params of [middleParams(space, {}), ...Array.from({ length: otherSets }, draw)])
    try {
      await walkForward.check({ dataset, params: nest(space, params) });
      return;
    } catch (error) {
      first ??= error;
    }
  if (first instanceof AssayError) throw first;
  throw new AssayError('study_invalid', `no trial can run: ${messageOf(first)}`, {
    hint: 'correct agent and reward in the study file: they run before the search starts',
    cause: first,
  });
}
