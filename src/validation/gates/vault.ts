import { z } from 'zod';
import { probabilisticSharpe, sampleOf } from '../deflated-sharpe.ts';
import { maxDrawdown } from '../metrics.ts';
import { mean as meanOfValues } from '../moments.ts';
import { checkAligned } from '../statistics/returns.ts';
import { meanOf, otherDays, sayProbability, saySharpe, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import { drawdown, probability } from './numbers.ts';
import { percent } from './worst.ts';

/**
 * The last look, at days that nothing has seen: the mean of the seeds must have the sign that it has on the walk-forward, its Sharpe ratio
 * must be above 0 with a given probability, and no seed may fall further than allowed.
 */
export const vaultGate = defineGate({
  id: 'vault',
  rule: 2,
  asks: 'probability that the true Sharpe ratio of the mean of the seeds is above 0 on the vault, with the sign of the walk-forward and a limited drawdown',
  source: 'PROMOTION, 1; Bailey and Lopez de Prado 2012',
  numbers: z.strictObject({
    minimumProbability: probability('probability that the true Sharpe ratio on the vault is above 0, inclusive'),
    maximumDrawdown: drawdown('largest fall from the peak of any seed on the vault, inclusive'),
  }),
  op: '>=',
  threshold: ({ minimumProbability }) => minimumProbability,
  observe: (evidence, { maximumDrawdown }) =>
    withDaily(evidence, ({ mean, seeds, sessionsPerYear }) => {
      const { vault } = evidence;
      if (vault === null)
        return unknown('the vault was not opened: assay vault open shows its days to a model once, after all other gates passed');
      const missing = seeds.find(({ seed }) => !vault.seeds.some((one) => one.seed === seed));
      if (missing !== undefined)
        return unknown(`seed ${missing.seed} was not evaluated on the vault with the policy that would be promoted`);
      const own = [...vault.seeds].sort((a, b) => a.seed - b.seed).map(({ evaluation }) => evaluation);
      const other = otherDays(vault.seeds.map(({ seed, evaluation }) => ({ of: `seed ${seed} on the vault`, evaluation })));
      if (other !== null) return unknown(other);
      const returns = own.map(({ dailyReturns }) => dailyReturns);
      if (checkAligned(returns, 'vault') === 0) return unknown('the vault has no day');
      const vaulted = meanOf(returns);
      const observed = probabilisticSharpe(sampleOf(vaulted), 0);
      // 1 - 0.95 is 0.050000000000000044 in binary, and a bound that is met exactly must pass.
      const fell = Math.round(Math.max(...own.map(({ stepReturns }) => maxDrawdown(stepReturns))) * 1e12) / 1e12;
      const sameSign = Math.sign(meanOfValues(vaulted)) === Math.sign(meanOfValues(mean));
      const because =
        `${sayProbability(observed)} that the mean of the seeds earns more than 0 on ${vaulted.length} days of the vault; ${saySharpe(vaulted, sessionsPerYear)}; ` +
        `${sameSign ? 'the sign of the walk-forward' : 'not the sign of the walk-forward'}; largest drawdown of a seed ${percent(fell)} of at most ${percent(maximumDrawdown)}`;
      return { observed, because, refused: !sameSign || !(fell <= maximumDrawdown) };
    }),
});
