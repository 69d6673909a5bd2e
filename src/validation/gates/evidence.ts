import { z } from 'zod';
import { evidenceOf, type Skill } from '../statistics/evidence-rule.ts';
import { perLook } from '../statistics/sidak.ts';
import { otherDays, sayProbability, sayRatio, saySharpe, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence } from './gate.ts';
import { probability } from './numbers.ts';
import { count } from './worst.ts';

/**
 * The days must be evidence of skill (PROMOTION, section 4, rule H): the probability that the true Sharpe ratio of the mean of the seeds is
 * above 0 reaches (1 - level)^(1 / looks), and every seed earns more than 0. The days were never searched, so what multiplies luck there is
 * the number of looks at them, over all studies. The days must be those of the steps, whoever evaluated.
 */
export const evidenceGate = defineGate({
  id: 'evidence',
  rule: 2,
  asks: 'probability that the true Sharpe ratio of the mean of the seeds is above 0, asked at 1 - (1 - level)^(1 / looks); every seed above 0',
  source: 'Bailey and Lopez de Prado 2012; Sidak 1967; level by simulation',
  numbers: z.strictObject({ level: probability('share of worthless models that may pass at one look at the days') }),
  op: '>=',
  threshold: ({ level }, evidence) => 1 - (looksKnown(evidence) ? perLook(level, evidence.looks) : level),
  observe: (evidence, { level }) =>
    withDaily(evidence, ({ seeds, returns, mean, sessionsPerYear }) => {
      if (!looksKnown(evidence)) return unknown(sayLooksUnknown(evidence));
      const other = otherDays(
        seeds.flatMap(({ seed, folds }) => folds.map((evaluation, i) => ({ of: `seed ${seed}, fold ${i}`, evaluation }))),
      );
      if (other !== null) return unknown(other);
      const verdict = evidenceOf(returns, evidence.looks, level);
      if (verdict.because !== null) return unknown(verdict.because);
      const worst = verdict.seeds[verdict.worstSeed]!;
      const lost = seeds.filter((_, i) => !(verdict.seeds[i]!.sharpe > 0)).map(({ seed }) => seed);
      const because =
        `${sayProbability(verdict.mean.probability)} that the mean of ${seeds.length} seeds earns more than 0, where ${sayProbability(verdict.required)} is asked at ` +
        `${sayLooks(evidence.looks)}; ${saySharpe(mean, sessionsPerYear)} over ${count(verdict.mean.days)} days${sayDependence(verdict.mean)} ` +
        `(seed ${seeds[verdict.worstSeed]!.seed}, the worst of ${seeds.length}: ${sayProbability(worst.probability)}, daily Sharpe ${sayRatio(worst.sharpe)})` +
        (lost.length === 0 ? '' : `; not every seed earned more than 0: ${lost.map((seed) => `seed ${seed}`).join(', ')}`);
      return { observed: verdict.mean.probability, because, refused: !verdict.everySeedAboveZero };
    }),
});

/** False where the number of looks is unknown, or less than the number of models that are known to have been judged. */
export function looksKnown({ looks, judged }: Pick<Evidence, 'looks' | 'judged'>): boolean {
  return Number.isInteger(looks) && looks >= Math.max(1, judged.length);
}

function sayLooksUnknown({ looks, judged }: Evidence): string {
  return Number.isNaN(looks)
    ? 'how often these days were looked at is unknown'
    : `${looks} looks at these days and ${judged.length} models judged on them contradict each other`;
}

export function sayLooks(looks: number): string {
  return looks === 1 ? 'the first look at these days' : `${count(looks)} looks at these days`;
}

function sayDependence({ usesNeweyWest, autocorrelation, effectiveDays }: Skill): string {
  return usesNeweyWest
    ? `, which depend on each other (lag 1: ${autocorrelation.toFixed(2)}) and count as ${count(Math.round(effectiveDays))} by Newey and West`
    : '';
}
