import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { prunerOf } from '../pruners/index.ts';
import { samplerOf } from '../samplers/index.ts';
import type { StudyDescription } from './storage.ts';

/**
 * Whether the sampler and the pruner are there, have these options, and can do what the study asks of them.
 * @throws AssayError `study_invalid`.
 */
export function checkAlgorithms(study: Pick<StudyDescription, 'sampler' | 'pruner' | 'objectives' | 'pruneOn'>): void {
  const { objectives, pruneOn } = study;
  const [sampler, pruner] = [samplerOf(study.sampler), prunerOf(study.pruner)];
  if (sampler.prunes === true && canonicalJson(study.sampler) !== canonicalJson(study.pruner))
    throw new AssayError('study_invalid', `${sampler.id} ends trials by itself, ${pruner.id} would end others`, {
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
    throw new AssayError('study_invalid', `${pruner.id} cannot tell which of ${objectives.length} objectives to judge`, {
      place: 'pruner',
      hint: `give pruneOn: '${objectives[0]!.name}' (or { metric, direction } for another reported figure), or pruner: nop()`,
    });
}
