import { and, asc, desc, eq } from 'drizzle-orm';
import { canonicalJson } from '../../core/json.ts';
import type { JudgedModel } from '../../validation/gates/gate.ts';
import type { Db } from '../database.ts';
import { evaluations, trials, validationFolds } from '../schema/index.ts';
import { policySubject } from './save-validation.ts';

/**
 * Reads the distinct models that a validation judged. Of trials with the same parameters one stands for all: this trial, else the first. A
 * seed counts once all its folds are evaluated; a model without such a seed is left out.
 */
export async function readJudged(db: Db, validation: number, own: number): Promise<readonly JudgedModel[]> {
  const [rows, folds] = await Promise.all([
    db
      .select({ number: trials.number, params: trials.params, seed: evaluations.seed, dailyReturns: evaluations.dailyReturns })
      .from(evaluations)
      .innerJoin(trials, eq(trials.id, evaluations.trialId))
      .where(and(eq(evaluations.validationId, validation), eq(evaluations.subject, policySubject)))
      .orderBy(desc(eq(trials.number, own)), asc(trials.number), asc(evaluations.seed), asc(evaluations.fold)),
    db.$count(validationFolds, eq(validationFolds.validationId, validation)),
  ]);
  const models = new Map<string, { readonly number: number; readonly seeds: Map<number, (readonly number[])[]> }>();
  for (const { number, params, seed, dailyReturns } of rows) {
    if (seed === null) continue;
    const key = canonicalJson(params);
    const model = models.get(key) ?? { number, seeds: new Map<number, (readonly number[])[]>() };
    models.set(key, model);
    if (model.number !== number) continue;
    model.seeds.set(seed, [...(model.seeds.get(seed) ?? []), dailyReturns]);
  }
  return [...models.values()].flatMap(({ number, seeds }) => {
    const whole = [...seeds.values()].filter((evaluated) => evaluated.length === folds).map((evaluated) => evaluated.flat());
    return whole.length === 0 ? [] : [{ number, dailyReturns: meanOfSeries(whole) }];
  });
}

/** Mean of several series at each place; they have the same days, so the same length. */
function meanOfSeries(series: readonly (readonly number[])[]): readonly number[] {
  return series[0]!.map((_, day) => series.reduce((sum, one) => sum + (one[day] ?? Number.NaN), 0) / series.length);
}
