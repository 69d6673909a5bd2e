import { AssayError } from '../core/errors.ts';
import type { DataRef } from '../search/study/storage.ts';
import { type ArmEvaluation, type ComparedArm, compareArms } from './compare-arms.ts';

/** What a validation found of one trial, with everything that has to be equal in a fair comparison. */
export interface JudgedTrial {
  /** How it is named in messages: `study#42`, `scalper@champion`. */
  readonly name: string;
  /** Address of the trial that was judged. */
  readonly trial: string;
  /** In time order; ends are exclusive. */
  readonly folds: readonly { readonly fold: number; readonly testStart: number; readonly testEnd: number }[];
  readonly data: readonly DataRef[];
  readonly seeds: readonly number[];
  /** `costs`: the rates that were charged, by name. */
  readonly evaluations: readonly (Omit<ArmEvaluation, 'number'> & { readonly costs: Readonly<Record<string, number>> })[];
}

/** The challenger against the reference, in pairs of days. */
export type ComparedTrials = Omit<ComparedArm, 'folds'> & {
  readonly folds: readonly (Omit<ComparedArm['folds'][number], 'seeds'> & {
    readonly seeds: readonly { readonly seed: number; readonly difference: number }[];
  })[];
  /** Pairs of a fold and a seed in which the challenger is above, below and equal. */
  readonly pairsAbove: number;
  readonly pairsBelow: number;
  readonly pairsEqual: number;
};

/** Why two judged trials cannot be compared in pairs, as the end of a sentence, and what to run (null: they can). */
export interface Unpaired {
  readonly because: string;
  readonly hint: string;
}

/** What differs between two judged trials that must not: days, data, seeds or costs; the first of them. */
export function unpaired(reference: JudgedTrial, challenger: JudgedTrial): Unpaired | null {
  const names = `${reference.name} and ${challenger.name}`;
  const again = `put the parameters of ${reference.trial} into the study of ${challenger.trial} and judge both there: assay trial enqueue ${studyOf(challenger)} --like '${reference.trial}' --same-seed, assay run, assay validate`;
  const windows = ({ folds }: JudgedTrial): string => JSON.stringify(folds.map(({ testStart, testEnd }) => [testStart, testEnd]));
  if (windows(reference) !== windows(challenger))
    return { because: `${names} were judged on different days: ${daysOf(reference)}, and ${daysOf(challenger)}`, hint: again };
  const overlap = reference.folds.find(({ testStart }, i) => i > 0 && testStart < reference.folds[i - 1]!.testEnd);
  if (overlap !== undefined)
    return {
      because: `the folds of ${names} overlap, so a day would count more than once`,
      hint: 'judge both on forward folds: assay validate',
    };
  const hashes = ({ data }: JudgedTrial): string => JSON.stringify([...new Set(data.map(({ hash }) => hash))].sort());
  if (hashes(reference) !== hashes(challenger))
    return { because: `${names} were judged on other data: ${dataOf(reference)}, and ${dataOf(challenger)}`, hint: again };
  const seeds = ({ seeds }: JudgedTrial): string => [...seeds].sort((a, b) => a - b).join(', ');
  if (seeds(reference) !== seeds(challenger)) {
    const fewer = reference.seeds.length < challenger.seeds.length ? reference : challenger;
    const most = Math.max(reference.seeds.length, challenger.seeds.length);
    return {
      because: `${names} were trained with other seeds: ${seeds(reference)}, and ${seeds(challenger)}`,
      hint: reference.seeds.length === challenger.seeds.length ? again : `assay validate '${fewer.trial}' --seeds ${most}`,
    };
  }
  const paid = new Map(reference.evaluations.map(({ seed, fold, costs }) => [`${seed} ${fold}`, textOf(costs)]));
  for (const { seed, fold, costs } of challenger.evaluations) {
    const other = paid.get(`${seed} ${fold}`) ?? 'nothing';
    if (other !== textOf(costs))
      return { because: `${names} paid other costs in fold ${fold}: ${other}, and ${textOf(costs)}`, hint: again };
  }
  return null;
}

/**
 * Compares two judged trials as an ablation compares two arms: paired by fold, seed and day.
 * @throws AssayError `conflict` where days, data, seeds or costs differ
 */
export function compareJudged(reference: JudgedTrial, challenger: JudgedTrial): ComparedTrials {
  const differs = unpaired(reference, challenger);
  if (differs !== null) throw new AssayError('conflict', differs.because, { hint: differs.hint });
  // Two trials: the number says nothing in a pair.
  const side = ({ name, evaluations }: JudgedTrial) => ({ name, evaluations: evaluations.map((one) => ({ ...one, number: 0 })) });
  const compared = compareArms(side(reference), side(challenger));
  const folds = compared.folds.map(({ seeds, ...fold }) => ({
    ...fold,
    seeds: seeds.map(({ seed, difference }) => ({ seed, difference })),
  }));
  const pairs = folds.flatMap(({ seeds }) => seeds.map(({ difference }) => difference));
  return {
    ...compared,
    folds,
    pairsAbove: pairs.filter((difference) => difference > 0).length,
    pairsBelow: pairs.filter((difference) => difference < 0).length,
    pairsEqual: pairs.filter((difference) => difference === 0).length,
  };
}

function studyOf({ trial }: JudgedTrial): string {
  return trial.slice(0, trial.indexOf('#'));
}

/** `5 folds, 2018-02-11 to 2018-03-08`. */
function daysOf({ folds }: JudgedTrial): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return `${folds.length} folds, ${day(folds[0]!.testStart)} to ${day(folds.at(-1)!.testEnd - 1)}`;
}

function dataOf({ data }: JudgedTrial): string {
  return data.map(({ name, hash }) => `${name} ${hash.slice(0, 8)}`).join(', ');
}

function textOf(costs: Readonly<Record<string, number>>): string {
  return Object.entries(costs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rate]) => `${name} ${rate}`)
    .join(', ');
}
