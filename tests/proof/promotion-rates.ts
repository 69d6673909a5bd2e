import { createRng } from '../../src/core/rng.ts';
import { deflatedSharpe, sampleOf, varianceOfTrials } from '../../src/validation/deflated-sharpe.ts';
import { sharpe } from '../../src/validation/metrics.ts';
import { evidenceOf } from '../../src/validation/statistics/evidence-rule.ts';
import { type SimulatedStudy, type StudyShape, simulateStudy } from './simulated-study.ts';

/** Whether a rule promotes the model: one of the judged ones. */
export type Rule = (study: SimulatedStudy, model: number) => boolean;

/** The rule of the default gate policy: the mean of the seeds at .995 over all looks, every seed above 0. */
export const evidenceRule: Rule = ({ judged }, model) => evidenceOf(judged[model]!, judged.length).passed;

/** The deflated Sharpe ratio of the worst seed over all trials, with the variance of their inner ratios, at least .95. */
export const deflatedRule: Rule = ({ inner, judged }, model) => {
  const variance = varianceOfTrials(inner.map(sharpe));
  return judged[model]!.every((returns) => deflatedSharpe(sampleOf(returns), variance, inner.length) >= 0.95);
};

/** Share of simulated studies in which each rule promotes at least one of the judged models. */
export function promotionRates<Name extends string>(
  rules: Readonly<Record<Name, Rule>>,
  shape: StudyShape,
  { studies, seed }: { readonly studies: number; readonly seed: string },
): Readonly<Record<Name, number>> {
  const rng = createRng(seed);
  const names = Object.keys(rules) as Name[];
  const promoted = new Map(names.map((name) => [name, 0]));
  for (let i = 0; i < studies; i++) {
    const study = simulateStudy(shape, rng);
    for (const name of names) if (study.judged.some((_, model) => rules[name](study, model))) promoted.set(name, promoted.get(name)! + 1);
  }
  return Object.fromEntries(names.map((name) => [name, promoted.get(name)! / studies])) as Record<Name, number>;
}
