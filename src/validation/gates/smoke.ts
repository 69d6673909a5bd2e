import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { unknown } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence } from './gate.ts';
import { atLeastZero, wholeFrom } from './numbers.ts';
import { count, saySeed, worstSeed } from './worst.ts';

/** The gates of a first short training (second source, phase 0): it only has to show that training runs. */

const retrain = 'validate the trial again';

export const stepsTrainedGate = defineGate({
  id: 'smoke-steps',
  rule: 1,
  asks: 'environment steps that every evaluated policy was trained for',
  source: 'second source, phase 0',
  numbers: z.strictObject({ minimumSteps: wholeFrom(1, 'environment steps of every training') }),
  op: '>=',
  threshold: ({ minimumSteps }) => minimumSteps,
  observe: (evidence, { minimumSteps }) => {
    const { seed, value } = worstSeed(evidence, 'higher', ({ folds }) => least(folds, 'train.environmentSteps'));
    if (Number.isNaN(value))
      return unknown(
        evidence.seeds.length === 0 ? 'no seed was evaluated' : `an evaluation does not state the steps of its training: ${retrain}`,
      );
    return {
      observed: value,
      because: `every policy was trained for ${count(value)} steps or more, ${count(minimumSteps)} are needed (${saySeed(evidence, seed)})`,
    };
  },
});

export const lossesGate = defineGate({
  id: 'smoke-losses',
  rule: 1,
  asks: 'losses of the trainings that are not finite',
  source: 'second source, phase 0',
  numbers: z.strictObject({}),
  op: '==',
  threshold: () => 0,
  observe: (evidence) => {
    const all = evidence.seeds.flatMap(({ folds }) => folds.map(lossesOf));
    if (all.length === 0 || all.some((losses) => losses.length === 0))
      return unknown(all.length === 0 ? 'no seed was evaluated' : `an evaluation states no loss of its training: ${retrain}`);
    const bad = all.flatMap((losses) => losses.filter(([, loss]) => !Number.isFinite(loss)));
    const names = [...new Set(bad.map(([name]) => name))];
    const because =
      bad.length === 0
        ? `every loss of ${count(all.length)} trainings is finite`
        : `${count(bad.length)} losses are not finite: ${names.join(', ')}`;
    return { observed: bad.length, because };
  },
});

export const positionsGate = defineGate({
  id: 'smoke-positions',
  rule: 1,
  asks: 'smallest standard deviation of the positions wanted in an evaluation: constant ones fail',
  source: 'second source, phase 0',
  numbers: z.strictObject({ above: atLeastZero('standard deviation of the wanted positions, exclusive') }),
  op: '>',
  threshold: ({ above }) => above,
  observe: (evidence) => {
    const { seed, value } = worstSeed(evidence, 'higher', ({ folds }) => least(folds, 'exposureDeviation'));
    if (Number.isNaN(value))
      return unknown(
        evidence.seeds.length === 0 ? 'no seed was evaluated' : `an evaluation does not state how its positions vary: ${retrain}`,
      );
    return { observed: value, because: `the wanted positions deviate by ${value.toPrecision(2)} or more (${saySeed(evidence, seed)})` };
  },
});

/** Rates of a training are no losses. */
const rates = new Set(['train.seconds', 'train.environmentSteps', 'train.gradientStepsPerSecond', 'train.environmentStepsPerSecond']);

function lossesOf({ metrics }: Evidence['seeds'][number]['folds'][number]): readonly (readonly [string, number])[] {
  return Object.entries(metrics).filter(([name]) => name.startsWith('train.') && !rates.has(name));
}

/** The smallest of a metric over the folds; NaN where one lacks it. */
function least(folds: readonly FoldEvaluation[], metric: string): number {
  return folds.length === 0 ? Number.NaN : Math.min(...folds.map(({ metrics }) => metrics[metric] ?? Number.NaN));
}
