import { type Model, type ModelInput, objectiveAspect, processOf } from './model.ts';
import { lessTrend, warmStart } from './warm-start/warm-start.ts';

/** Returns the process of the objective, with what earlier studies tell of it. @returns null if no process can be built. */
export function objectiveModel(input: ModelInput): Model | null {
  const cold = objectiveAspect(input);
  const warm = input.history.earlier === undefined ? null : warmStart(input, cold);
  return processOf(input, warm === null ? cold : lessTrend(cold, warm, input.history));
}
