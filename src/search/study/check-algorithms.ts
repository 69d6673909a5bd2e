import { namePattern } from '../../core/address.ts';
import { AssayError, errorAt } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { prunerOf } from '../pruners/index.ts';
import { samplerOf } from '../samplers/index.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { isReplicates, mostReplicates, type Replicates } from '../trial/replicates.ts';
import type { StudyDescription } from './storage.ts';

/** @throws AssayError `study_invalid` */
function checkReplicates({ id, prunes, secondLook }: Sampler, replicates: Replicates, objectives: number): void {
  const wrong = errorAt('study_invalid');
  if (!isReplicates(replicates))
    throw wrong(
      'replicates',
      `${JSON.stringify(replicates)} is no number of trials`,
      `give 'auto', 'none', or a whole number from 2 to ${mostReplicates}`,
    );
  if (replicates === 'none') return;
  if (prunes === true)
    throw wrong('replicates', `${id} changes parameters while trials run, which has no replicates`, 'leave replicates out');
  if (replicates !== 'auto') return;
  if (secondLook === undefined)
    throw wrong(
      'replicates',
      `${id} has no model to say when a second look pays`,
      'take the sampler auto or gp, or a number of replicates',
    );
  if (objectives > 1)
    throw wrong('replicates', `a second look is judged by one objective, not by ${objectives}`, 'give a number of replicates, or none');
}

/** Largest number of earlier studies: each has a model that an ask evaluates. */
const mostEarlier = 8;

/** @throws AssayError `study_invalid` */
function checkWarmStart({ id, learnsFromEarlier }: Sampler, names: readonly string[], objectives: number): void {
  const wrong = errorAt('study_invalid');
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string' && namePattern.test(name));
  if (!isList || new Set(names).size < names.length || names.length > mostEarlier)
    throw wrong(
      'warmStart',
      `${JSON.stringify(names)} is no list of studies`,
      `name up to ${mostEarlier} studies, each once: ['first-steps']`,
    );
  if (names.length === 0) return;
  if (learnsFromEarlier !== true)
    throw wrong('warmStart', `${id} does not learn from earlier studies`, 'take the sampler auto, gp or tpe, or leave warmStart out');
  if (objectives > 1) throw wrong('warmStart', `earlier studies tell of one objective, not of ${objectives}`, 'leave warmStart out');
}

/**
 * Checks that the sampler and the pruner exist, have valid options, and can do what the study needs.
 * @throws AssayError `study_invalid`
 */
export function checkAlgorithms(
  study: Pick<StudyDescription, 'sampler' | 'pruner' | 'objectives' | 'pruneOn' | 'replicates' | 'warmStart'>,
): void {
  const { objectives, pruneOn, replicates = 'none', warmStart = [] } = study;
  const [sampler, pruner] = [samplerOf(study.sampler), prunerOf(study.pruner)];
  if (sampler.prunes === true && canonicalJson(study.sampler) !== canonicalJson(study.pruner))
    throw new AssayError('study_invalid', `the sampler ${sampler.id} brings its own pruner, ${pruner.id} cannot be combined with it`, {
      place: 'pruner',
      hint: 'leave pruner out',
    });
  checkReplicates(sampler, replicates, objectives?.length ?? 1);
  checkWarmStart(sampler, warmStart, objectives?.length ?? 1);
  if (objectives === null) return;
  if (sampler.singleObjective === true)
    throw new AssayError('study_invalid', `${sampler.id} searches for one objective, not for ${objectives.length}`, {
      place: 'sampler',
      hint: 'take auto, tpe or nsga2 for several',
    });
  if (pruneOn === null && pruner.id !== 'nop')
    throw new AssayError(
      'study_invalid',
      `the pruner ${pruner.id} decides on one metric, and the study has ${objectives.length} objectives`,
      {
        place: 'pruner',
        hint: `give pruneOn: '${objectives[0]!.name}' (or { metric, direction } for another reported metric), or pruner: nop()`,
      },
    );
}
