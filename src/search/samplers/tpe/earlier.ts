import type { Rng } from '../../../core/rng.ts';
import { lossOf } from '../../objectives/loss.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { completeParams } from '../../space/complete-params.ts';
import type { FlatParams } from '../../space/param.ts';
import type { EarlierStudy, History, Observation } from '../../trial/history.ts';
import { drawUniform } from '../random/uniform.ts';

/**
 * Returns a trial from earlier studies while a study has too few of its own (null: this one is drawn without them). Every other trial is: the best of
 * each study first, then what `suggest` makes of its history. So an earlier study that tells nothing costs half of the start.
 */
export function fromEarlier(
  space: CompiledSpace,
  { observations, earlier: given = [] }: History,
  rng: Rng,
  suggest: (history: History) => FlatParams,
): FlatParams | null {
  const earlier = given.filter(({ trials }) => trials.length > 0);
  const turn = observations.length / 2;
  if (!Number.isInteger(turn)) return null;
  const study = earlier[turn % Math.max(earlier.length, 1)];
  if (study === undefined) return null;
  if (turn >= earlier.length) return suggest({ direction: study.direction, observations: observationsOf(study) });
  const loss = (value: number): number => lossOf(value, study.direction);
  const best = study.trials.reduce((a, b) => (loss(b.value) < loss(a.value) ? b : a));
  return completeParams(space, [best.params], ({ param }) => drawUniform(param, rng)).params;
}

/** The same objects at each ask, by which TPE keeps what it knows. */
const known = new WeakMap<EarlierStudy, readonly Observation[]>();

function observationsOf(study: EarlierStudy): readonly Observation[] {
  const made = known.get(study) ?? study.trials.map((trial, number) => ({ state: 'complete' as const, number, ...trial }));
  known.set(study, made);
  return made;
}
