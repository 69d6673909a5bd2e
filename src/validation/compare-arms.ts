import { AssayError } from '../core/errors.ts';
import { mean } from './moments.ts';
import { dailyRatio, type PairedDifference, pairedDifference } from './paired.ts';

/** Evaluation of one trial with one seed on one fold. */
export interface ArmEvaluation {
  readonly number: number;
  readonly seed: number;
  readonly fold: number;
  /** One net return per session, in time order. */
  readonly dailyReturns: readonly number[];
}

/** One arm against the reference, over the same trials, seeds, folds and days. */
export interface ComparedArm extends PairedDifference {
  readonly arm: string;
  readonly reference: string;
  /** Mean daily Sharpe ratio over trials and seeds, all test days in a row; an account that never traded counts as 0. */
  readonly value: number;
  readonly referenceValue: number;
  /** Folds in which the arm's mean is above, below and equal to the reference's. The fold is the unit: seeds share their days. */
  readonly foldsAbove: number;
  readonly foldsBelow: number;
  readonly foldsEqual: number;
  readonly folds: readonly {
    readonly fold: number;
    readonly value: number;
    readonly referenceValue: number;
    readonly difference: number;
    /** Of each trial retrained with a seed. */
    readonly seeds: readonly { readonly number: number; readonly seed: number; readonly difference: number }[];
  }[];
}

/**
 * Compares each arm with the reference. Trials and seeds are repetitions, folds and days are paired.
 * @throws AssayError `conflict` where an evaluation is missing, `data_invalid` where arms were tested on different days.
 */
export function compareArms(
  reference: { readonly name: string; readonly evaluations: readonly ArmEvaluation[] },
  arm: { readonly name: string; readonly evaluations: readonly ArmEvaluation[] },
): ComparedArm {
  const pairs = paired(reference, arm);
  const folds = [...new Set(pairs.map(({ of }) => of.fold))].sort((a, b) => a - b);
  const byFold = folds.map((fold) => {
    const own = pairs.filter(({ of }) => of.fold === fold);
    const value = mean(own.map(({ of }) => dailyRatio(of.dailyReturns)));
    const referenceValue = mean(own.map(({ to }) => dailyRatio(to.dailyReturns)));
    const seeds = own.map(({ of: { number, seed, dailyReturns }, to }) => ({
      number,
      seed,
      difference: dailyRatio(dailyReturns) - dailyRatio(to.dailyReturns),
    }));
    return { fold, value, referenceValue, difference: value - referenceValue, seeds };
  });
  const chained = { reference: chain(pairs.map(({ to }) => to)), arm: chain(pairs.map(({ of }) => of)) };
  return {
    arm: arm.name,
    reference: reference.name,
    ...pairedDifference(chained),
    value: mean(chained.arm.map(dailyRatio)),
    referenceValue: mean(chained.reference.map(dailyRatio)),
    foldsAbove: byFold.filter(({ difference }) => difference > 0).length,
    foldsBelow: byFold.filter(({ difference }) => difference < 0).length,
    foldsEqual: byFold.filter(({ difference }) => difference === 0).length,
    folds: byFold,
  };
}

type Side = Parameters<typeof compareArms>[0];

/** The evaluations of both sides, by trial, seed and fold. */
function paired(reference: Side, arm: Side): readonly { readonly of: ArmEvaluation; readonly to: ArmEvaluation }[] {
  const keyOf = ({ number, seed, fold }: ArmEvaluation): string => `${number} ${seed} ${fold}`;
  const known = new Map(reference.evaluations.map((one) => [keyOf(one), one]));
  if (arm.evaluations.length === 0 || arm.evaluations.length !== known.size)
    throw new AssayError('conflict', `${arm.name} has ${arm.evaluations.length} evaluations, ${reference.name} has ${known.size}`, {
      hint: 'run the ablation again: it goes on where it stopped',
    });
  const inOrder = [...arm.evaluations].sort((a, b) => a.number - b.number || a.seed - b.seed || a.fold - b.fold);
  return inOrder.map((of) => {
    const to = known.get(keyOf(of));
    if (to === undefined || to.dailyReturns.length !== of.dailyReturns.length)
      throw new AssayError('data_invalid', `fold ${of.fold} of ${arm.name} has other days than that of ${reference.name}`, {
        hint: 'arms must keep the folds as they are: vary features, environment, training, agent or reward',
      });
    return { of, to };
  });
}

/** Daily returns of each trial and seed, its folds one after the other. */
function chain(evaluations: readonly ArmEvaluation[]): readonly (readonly number[])[] {
  const bySeed = new Map<string, ArmEvaluation[]>();
  for (const one of evaluations) {
    const key = `${one.number} ${one.seed}`;
    bySeed.set(key, [...(bySeed.get(key) ?? []), one]);
  }
  return [...bySeed.values()].map((own) => own.flatMap(({ dailyReturns }) => dailyReturns));
}
