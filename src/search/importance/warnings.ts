import type { CompiledSpace } from '../space/compile.ts';
import type { History } from '../trial/history.ts';
import type { Importance } from './importance.ts';

/** Below so many trials for each parameter the shares are mostly chance. */
const trialsPerParameter = 10;

/** What a reader should know before believing importances: sentences, none where all is well. */
export function importanceWarnings(space: CompiledSpace, { observations }: History, items: readonly Importance[]): readonly string[] {
  const values = observations.flatMap((trial) => (trial.state === 'complete' && Number.isFinite(trial.value) ? [trial.value] : []));
  const warnings: string[] = [];
  const needed = trialsPerParameter * items.length;
  if (values.length > 1 && values.every((value) => value === values[0]))
    warnings.push(`all ${values.length} values are equal: nothing can be said of any parameter`);
  else if (items.length > 0 && values.length < needed)
    warnings.push(`${values.length} trials say little about ${items.length} parameters: at least ${needed} are needed`);
  const listed = new Set(items.map(({ param }) => param));
  const conditional = space.params.filter(({ name, single }) => !single && !listed.has(name)).map(({ name }) => name);
  if (conditional.length > 0)
    warnings.push(`left out, as not every trial has them: ${conditional.join(', ')}; ped-anova takes those that some trials have`);
  return warnings;
}
