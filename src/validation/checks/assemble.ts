import {
  type DataQualityCheck,
  type LookAheadCheck,
  type LookAheadPlace,
  type PolicyChecks,
  type WalkedStress,
  walkedStresses,
} from '../../search/study/checks.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import type { CausalCheck, CheckEvidence, DeterministicCheck } from '../gates/checks-evidence.ts';
import { withoutBestDays } from './best-days.ts';

/** The checks that were stored of a validation and one of its trials. */
export interface StoredChecks {
  readonly data: DataQualityCheck | null;
  /** By fold. */
  readonly features: ReadonlyMap<number, LookAheadCheck>;
  readonly policies: readonly (PolicyChecks & { readonly fold: number; readonly ranOn?: RuntimeInfo | null })[];
}

/** The part of a seed's evidence that checks need. */
export interface CheckedSeed {
  readonly seed: number;
  /** In time order. */
  readonly folds: readonly (Pick<FoldEvaluation, 'dailyReturns'> & { readonly ranOn?: RuntimeInfo | null })[];
}

/**
 * Puts the checks of a trial together. A part that lacks a fold, or a seed of one, is null or left out: half a check shows nothing.
 * @param seeds the evidence, in the order that stresses are given in.
 * @param folds numbers of the folds, in the order of the evidence.
 * @returns null if nothing was checked.
 */
export function assembleChecks(stored: StoredChecks, seeds: readonly CheckedSeed[], folds: readonly number[]): CheckEvidence | null {
  const { data, features, policies } = stored;
  if (data === null && features.size === 0 && policies.length === 0) return null;
  const ofFold = new Map(policies.map((checked) => [`${checked.seed} ${checked.fold}`, checked]));
  const bySeed = seeds.map(({ seed }) => folds.map((fold) => ofFold.get(`${seed} ${fold}`)));
  const own = bySeed.flat().filter((checked) => checked !== undefined);
  const complete = own.length === seeds.length * folds.length && own.length > 0;
  const ofData = folds.map((fold) => features.get(fold)).filter((checked) => checked !== undefined);
  return {
    lookAhead: complete && ofData.length === folds.length ? together([...ofData, ...own.flatMap(({ cut, noise }) => [cut, noise])]) : null,
    stress: {
      ...(complete && stresses(bySeed as readonly (readonly PolicyChecks[])[])),
      'without-best-days': { returns: withoutBestDays(seeds.map((seed) => seed.folds.flatMap(({ dailyReturns }) => dailyReturns))) },
    },
    dataQuality: data,
    causal: complete ? causalOf(own) : null,
    deterministic: complete
      ? deterministicOf(own, (seed, fold) => seeds.find((one) => one.seed === seed)?.folds[folds.indexOf(fold)]?.ranOn)
      : null,
  };
}

function together(parts: readonly LookAheadCheck[]): LookAheadCheck {
  const places = parts.flatMap(({ first }) => (first === null ? [] : [first]));
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    changed: parts.reduce((sum, { changed }) => sum + changed, 0),
    first: [...places].sort(inOrder)[0] ?? null,
  };
}

/** What is made first comes first: an action depends on features, and a fill on an action. */
const made: readonly LookAheadPlace['what'][] = ['learnt', 'feature', 'action', 'fill'];

function inOrder(a: LookAheadPlace, b: LookAheadPlace): number {
  return made.indexOf(a.what) - made.indexOf(b.what) || a.row - b.row;
}

function stresses(bySeed: readonly (readonly PolicyChecks[])[]): CheckEvidence['stress'] {
  const returnsUnder = (kind: WalkedStress) => ({ returns: bySeed.map((folds) => folds.flatMap(({ stress }) => stress[kind])) });
  return Object.fromEntries(walkedStresses.map((kind) => [kind, returnsUnder(kind)]));
}

type OfFold = StoredChecks['policies'][number];

function causalOf(own: readonly OfFold[]): CausalCheck {
  const first = own.find(({ cut }) => cut.first !== null);
  return {
    cuts: own.reduce((sum, { cut }) => sum + cut.rows, 0),
    changed: own.reduce((sum, { cut }) => sum + cut.changed, 0),
    first: first === undefined ? null : `${placeOf(first)}, row ${first.cut.first!.row}`,
  };
}

/** @param evaluatedOn what the evaluation of a seed and fold ran on */
function deterministicOf(
  own: readonly OfFold[],
  evaluatedOn: (seed: number, fold: number) => RuntimeInfo | null | undefined,
): DeterministicCheck {
  const differing = own.filter(({ differsAt }) => differsAt !== null);
  const elsewhere = differing.filter(
    ({ seed, fold, ranOn, largestDifference }) => largestDifference !== undefined && isOtherKind(evaluatedOn(seed, fold), ranOn),
  );
  const different = differing.filter((one) => !elsewhere.includes(one));
  return {
    repeated: own.length,
    different: different.length,
    first: different[0] === undefined ? null : placeOf(different[0]),
    ...(elsewhere.length > 0 && { elsewhere: elsewhere.map(({ largestDifference }) => largestDifference!) }),
  };
}

/** What decides how numbers are rounded. */
const machineFacts = ['node', 'platform', 'cpu', 'device'] as const;

/** True if two machines are known, and of different kinds. */
function isOtherKind(a: RuntimeInfo | null | undefined, b: RuntimeInfo | null | undefined): boolean {
  return a != null && b != null && machineFacts.some((fact) => a[fact] !== b[fact]);
}

function placeOf({ seed, fold }: OfFold): string {
  return `seed ${seed}, fold ${fold}`;
}
