import { InvalidArgumentError } from 'commander';
import type { BudgetInput } from '../search/study/budget.ts';

export type StopWhenFlags = NonNullable<BudgetInput['stopWhen']>;

const rules = ['target', 'noImprovement', 'failed', 'unlikelyToPay'] as const;

/** `target=1.5`, `noImprovement=30`, `failed=10`, `unlikelyToPay`: one rule, beside those that were given before. */
export function stopWhen(text: string, before: StopWhenFlags = {}): StopWhenFlags {
  const [name, value] = text.split('=', 2);
  const rule = rules.find((known) => known === name);
  if (rule === undefined) throw new InvalidArgumentError(`It takes ${rules.join(', ')}.`);
  if (rule === 'unlikelyToPay') {
    if (value !== undefined) throw new InvalidArgumentError('unlikelyToPay takes no value here; its options stand in the study file.');
    return { ...before, unlikelyToPay: true };
  }
  const parsed = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(parsed)) throw new InvalidArgumentError(`It takes a number: ${rule}=30.`);
  return { ...before, [rule]: parsed };
}
