import { blockLength } from '../../src/validation/statistics/block-length.ts';
import { cpcv } from '../../src/validation/statistics/cpcv.ts';
import { cscv } from '../../src/validation/statistics/cscv.ts';
import { detectableSharpe } from '../../src/validation/statistics/detectable.ts';
import { meanError } from '../../src/validation/statistics/newey-west.ts';
import { agrees, type GoldenNumber } from './read.ts';

/** A golden file of the statistics of promotion. Any of its parts may be missing. */
export interface PromotionGolden {
  readonly pbo?: readonly PboCase[];
  readonly blockLength?: readonly BlockLengthCase[];
  readonly neweyWest?: readonly NeweyWestCase[];
  readonly detectable?: readonly DetectableCase[];
  readonly cpcv?: readonly CpcvCase[];
}

interface PboCase {
  readonly blocks: number;
  /** `[day][trial]`. */
  readonly returns: readonly (readonly number[])[];
  readonly combinations: number;
  readonly pbo: GoldenNumber;
  readonly probabilityOfLoss: GoldenNumber;
  readonly degradationSlope: GoldenNumber;
  readonly degradationIntercept: GoldenNumber;
  readonly meanLogit: GoldenNumber;
  /** Of the first halves. */
  readonly chosen: readonly number[];
}

interface BlockLengthCase {
  readonly returns: readonly number[];
  readonly stationary: GoldenNumber;
  readonly circular: GoldenNumber;
}

interface NeweyWestCase {
  readonly returns: readonly number[];
  readonly lags: number;
  readonly standardError: GoldenNumber;
  readonly iid: GoldenNumber;
  readonly autocorrelation: GoldenNumber;
}

interface DetectableCase {
  readonly days: number;
  readonly looks: number;
  readonly level: number;
  readonly power: number;
  readonly perLook: GoldenNumber;
  readonly dailySharpe: GoldenNumber;
  readonly annualSharpe: GoldenNumber;
}

interface CpcvCase {
  readonly groups: number;
  readonly test: number;
  readonly splits: readonly (readonly number[])[];
  readonly paths: readonly (readonly number[])[];
}

/** Compares every number and list that a case names with ours; returns the disagreements as text. */
function differences(ours: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const own = ours[key];
    const same = Array.isArray(value) ? JSON.stringify(own) === JSON.stringify(value) : agrees(own as number, value as GoldenNumber);
    return same ? [] : [`${key}: ${JSON.stringify(own)?.slice(0, 200)}, not ${JSON.stringify(value).slice(0, 200)}`];
  });
}

export function checkPbo({ blocks, returns, ...wanted }: PboCase): readonly string[] {
  const trials = returns[0]!.map((_, trial) => returns.map((day) => day[trial]!));
  const ours = cscv(trials, { blocks, minimumTrials: 2 });
  return differences({ ...ours, chosen: ours.chosen.slice(0, wanted.chosen.length) }, wanted);
}

export function checkBlockLength({ returns, ...wanted }: BlockLengthCase): readonly string[] {
  return differences({ ...blockLength(returns) }, wanted);
}

export function checkNeweyWest({ returns, ...wanted }: NeweyWestCase): readonly string[] {
  return differences({ ...meanError(returns) }, wanted);
}

export function checkDetectable({ days, looks, level, power, ...wanted }: DetectableCase): readonly string[] {
  return differences({ ...detectableSharpe({ days, looks, level, power }) }, wanted);
}

export function checkCpcv({ groups, test, ...wanted }: CpcvCase): readonly string[] {
  return differences({ ...cpcv(groups, test) }, wanted);
}
