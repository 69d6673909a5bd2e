import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { timeBoxed } from '../core/time-box.ts';
import { median, nop, prunerOf } from '../search/pruners/index.ts';
import { random, samplerOf } from '../search/samplers/index.ts';
import { float } from '../search/space/builders.ts';
import { compileSpace } from '../search/space/compile.ts';
import { createAskTell } from '../search/study/ask-tell.ts';
import { deflatedSharpe, sampleOf, varianceOfTrials, varianceWithoutSkill } from './deflated-sharpe.ts';
import { sharpe } from './metrics.ts';

const innerDays = 51;
const outerDays = 250;
const trials = 40;
const space = compileSpace({ x: float(0, 1) });

/**
 * A study of trials without skill, driven through the real sampler and pruner: a trial reports its Sharpe ratio as its training goes on, with
 * noise that shrinks. Returns the final ratios of the trials that were not stopped.
 */
function search(seed: number, pruner: ReturnType<typeof prunerOf>): readonly number[] {
  const asked = createAskTell({ space, directions: ['maximize'], sampler: samplerOf(random()), pruner, seed });
  const complete: number[] = [];
  for (let n = 0; n < trials; n++) {
    const rng = createRng(seed).fork(`trial ${n}`);
    const final = sharpe(Array.from({ length: innerDays }, () => rng.normal()));
    const { number } = asked.ask();
    const stopped = [1, 2, 3].some((step) => asked.report(number, step, final + (0.1 * rng.normal()) / step).prune);
    if (!stopped) complete.push(final);
    asked.tell(number, stopped ? { state: 'pruned' } : { state: 'complete', values: [final] });
  }
  return complete;
}

test('the variance of complete trials depends on the pruner, which lowers the bar for luck; that of trials without skill does not', () => {
  const passes = { measured: [0, 0], withoutSkill: [0, 0] };
  const mean = [0, 0];
  const studies = 60;
  for (let seed = 0; seed < studies; seed++) {
    const rng = createRng(seed).fork('outer');
    // The true daily ratio of .12 is below what the luckiest of 40 worthless trials shows in 250 days.
    const sample = sampleOf(Array.from({ length: outerDays }, () => rng.normal() + 0.12));
    for (const [pruned, ref] of [nop(), median({ startupTrials: 5 })].entries()) {
      // One time limit instead of one for each decision, which would cost more than what is decided.
      const run = () => search(seed, prunerOf(ref));
      const variance = varianceOfTrials(timeBoxed({ what: 'a search', place: 'test', hint: '' }, 60_000, run));
      // On the days that are judged, so that both variances are of the same length.
      const scaled = (variance * (innerDays - 1)) / (outerDays - 1);
      if (deflatedSharpe(sample, scaled, trials) >= 0.5) passes.measured[pruned]! += 1;
      if (deflatedSharpe(sample, varianceWithoutSkill(outerDays), trials) >= 0.5) passes.withoutSkill[pruned]! += 1;
      mean[pruned]! += variance / studies;
    }
  }
  // Trials that look bad are stopped, so those that are left differ less, and more models pass.
  expect(mean[0]! / varianceWithoutSkill(innerDays)).toBeCloseTo(1, 1);
  expect(mean[1]).toBeLessThan(0.8 * mean[0]!);
  expect(passes.measured[1]).toBeGreaterThan(passes.measured[0]!);
  expect(passes.withoutSkill[1]).toBe(passes.withoutSkill[0]);
  // Without a pruner both variances agree, and so do the verdicts, but for the noise of the measured one.
  expect(Math.abs(passes.withoutSkill[0]! - passes.measured[0]!)).toBeLessThan(0.2 * studies);
});

test('the variance without skill is 1 / (T - 1), whatever the inner days', () => {
  expect(varianceWithoutSkill(51)).toBe(0.02);
  expect((varianceWithoutSkill(innerDays) * (innerDays - 1)) / (outerDays - 1)).toBeCloseTo(varianceWithoutSkill(outerDays), 15);
  expect(varianceWithoutSkill(1)).toBeNaN();
});
