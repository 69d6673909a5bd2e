import type { StudyDefinition } from './define-study.ts';
import type { ModuleRef, StudyDescription } from './storage.ts';

/** Returns the study as data, for storage. @param module where its code is found */
export function toStudyDescription<Params>(definition: StudyDefinition<Params>, module: ModuleRef): StudyDescription {
  const {
    name,
    direction,
    objectives,
    space,
    sampler,
    pruner,
    pruneOn,
    budget,
    replicates,
    warmStart,
    seed,
    maxAttempts,
    priority,
    needs,
    policy,
    group,
    next,
  } = definition;
  return {
    name,
    direction,
    objectives,
    space: space.json,
    spaceHash: space.hash,
    sampler,
    pruner,
    pruneOn,
    budget,
    ...(replicates !== 'none' && { replicates }),
    ...(warmStart.length > 0 && { warmStart }),
    seed,
    maxAttempts,
    priority,
    needs,
    ...(group !== null && { group }),
    ...(next !== null && { next }),
    policy,
    module,
  };
}
