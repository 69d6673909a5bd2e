import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { prunerOf } from '../pruners/index.ts';
import { samplerOf } from '../samplers/index.ts';
import type { StudyDescription } from './storage.ts';

/**
 * Checks that the sampler and the pruner exist, have valid options, and can do what the study needs.
 * @throws AssayError `study_invalid`
 */
export function checkAlgorithms(study: Pick<StudyDescription, 'sampler' | 'pruner' | 'objectives' | 'pruneOn'>): void {
  const { objectives, pruneOn } = study;
  const [sampler, pruner] = [samplerOf(study.sampler), prunerOf(study.pruner)];
  if (sampler.prunes === true && canonicalJson(study.sampler) !== canonicalJson(study.pruner))
    throw new AssayError('study_invalid', `the sampler ${sampler.id} brings its own pruner, ${pruner.id} cannot be combined with it`, {
      place: 'pruner',
      hint: 'leave pruner out',
    });
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
