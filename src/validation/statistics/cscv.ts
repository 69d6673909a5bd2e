import { AssayError } from '../../core/errors.ts';
import { exceedsRounding } from '../moments.ts';
import { combinations } from './combinations.ts';
import { checkAligned } from './returns.ts';

export interface CscvOptions {
  /** Even number of blocks of consecutive days; 8 or 16. */
  readonly blocks: number;
  /** What picks the best trial of a half: mean / standard deviation (ddof 1), or the mean alone. */
  readonly criterion?: 'sharpe' | 'mean';
  /** Trials below which there is no answer. Default {@link fewestTrials}. */
  readonly minimumTrials?: number;
}

/** What picking the best of several trials is worth on other days. */
export interface Cscv {
  /** Probability of backtest overfitting: share of halves whose best trial is in the lower half of all trials on the other half (logit <= 0). */
  readonly pbo: number;
  /** Share of halves whose best trial has a criterion below 0 on the other half. */
  readonly probabilityOfLoss: number;
  /** Least squares of the best trial's criterion on the other half over that on its own, over all halves; NaN if the latter does not vary. */
  readonly degradationSlope: number;
  readonly degradationIntercept: number;
  /** Mean of ln(w / (1 - w)), w = rank / (trials + 1) of the best trial on the other half; ranks ascend, ties share their mean. */
  readonly meanLogit: number;
  /** Number of halves. */
  readonly combinations: number;
  /** Best trial of each half, halves in lexicographic order of their blocks; of equal ones the first. */
  readonly chosen: readonly number[];
  /** Of each half, the logit and the criterion of its best trial on the other half. */
  readonly logits: Float64Array;
  readonly outside: Float64Array;
  /** Why there is no answer, else null. */
  readonly because: string | null;
}

/** Fewer trials rank too coarsely for a probability. */
export const fewestTrials = 10;
/** 18 blocks make 48,620 halves; more say nothing new. */
const mostBlocks = 18;

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2017). `returns[trial][day]`, the same days for all;
 * the last `blocks * floor(days / blocks)` of them are cut into blocks, and every half of the blocks picks a best trial that is judged on
 * the other. A trial without any return in a half has the criterion 0 there. NaN with the reason for too few trials or days, or a trial
 * whose returns are all the same but not 0.
 * @throws AssayError `data_invalid` for a return that is NaN or infinite, or trials with other numbers of days; `config_invalid` for blocks
 * that are odd, below 2 or above 18.
 * @example Block means of three trials .1 .2 0 | .3 -.1 .1 | 0 .2 .1 | .2 -.2 .3, criterion mean: 6 halves, pbo 4/6.
 */
export function cscv(
  returns: readonly ArrayLike<number>[],
  { blocks, criterion = 'sharpe', minimumTrials = fewestTrials }: CscvOptions,
): Cscv {
  if (!Number.isSafeInteger(blocks) || blocks % 2 !== 0 || blocks < 2 || blocks > mostBlocks)
    throw new AssayError('config_invalid', `${blocks} blocks are not an even number from 2 to ${mostBlocks}`, { hint: 'use 8 or 16' });
  const days = checkAligned(returns, 'trial');
  const trials = returns.length;
  const blockDays = Math.floor(days / blocks);
  const needed = criterion === 'sharpe' && blocks === 2 ? 2 : 1;
  if (trials < minimumTrials) return unknown(`${trials} complete trials with daily returns are too few: ${minimumTrials} are needed`);
  if (blockDays < needed) return unknown(`${days} days are too few for ${blocks} blocks: ${blocks * needed} are needed`);

  const measure = criterion === 'sharpe' ? sharpeOf : meanOf;
  const cells = returns.map((own) => blockMoments(own, blocks, blockDays));
  const halves = combinations(blocks, blocks / 2);
  const count = halves.length;
  const chosen = new Array<number>(count);
  const [inside, outside, logits] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const judge = (half: number, own: Float64Array, other: Float64Array): void => {
    const best = firstBest(own);
    const share = meanRank(other, best) / (trials + 1);
    chosen[half] = best;
    inside[half] = own[best]!;
    outside[half] = other[best]!;
    logits[half] = Math.log(share / (1 - share));
  };
  // The complement of the i-th half is the i-th from the end, so each pair is measured once.
  const [own, other] = [new Float64Array(trials), new Float64Array(trials)];
  for (let i = 0; i < count / 2; i++) {
    const [half, rest] = [halves[i]!, halves[count - 1 - i]!];
    for (let trial = 0; trial < trials; trial++) {
      own[trial] = measure(cells[trial]!, half, blockDays);
      other[trial] = measure(cells[trial]!, rest, blockDays);
      if (Number.isNaN(own[trial]! + other[trial]!)) return unknown(`trial ${trial} has returns that do not vary in one half of the days`);
    }
    judge(i, own, other);
    judge(count - 1 - i, other, own);
  }
  const { slope, intercept } = leastSquares(inside, outside);
  return {
    pbo: share(logits, (logit) => logit <= 0),
    probabilityOfLoss: share(outside, (value) => value < 0),
    degradationSlope: slope,
    degradationIntercept: intercept,
    meanLogit: logits.reduce((sum, logit) => sum + logit, 0) / count,
    combinations: count,
    chosen,
    logits,
    outside,
    because: null,
  };
}

function unknown(because: string): Cscv {
  return {
    pbo: Number.NaN,
    probabilityOfLoss: Number.NaN,
    degradationSlope: Number.NaN,
    degradationIntercept: Number.NaN,
    meanLogit: Number.NaN,
    combinations: 0,
    chosen: [],
    logits: new Float64Array(0),
    outside: new Float64Array(0),
    because,
  };
}

/** Of each block: the mean, the sum of squared deviations from it, and the mean absolute value. */
interface BlockMoments {
  readonly means: Float64Array;
  readonly squares: Float64Array;
  readonly sizes: Float64Array;
}

function blockMoments(returns: ArrayLike<number>, blocks: number, blockDays: number): BlockMoments {
  const first = returns.length - blocks * blockDays;
  const [means, squares, sizes] = [new Float64Array(blocks), new Float64Array(blocks), new Float64Array(blocks)];
  for (let block = 0; block < blocks; block++) {
    const from = first + block * blockDays;
    for (let t = from; t < from + blockDays; t++) {
      means[block]! += returns[t]! / blockDays;
      sizes[block]! += Math.abs(returns[t]!) / blockDays;
    }
    for (let t = from; t < from + blockDays; t++) squares[block]! += (returns[t]! - means[block]!) ** 2;
  }
  return { means, squares, sizes };
}

function meanOf({ means }: BlockMoments, half: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < half.length; i++) sum += means[half[i]!]!;
  return sum / half.length;
}

/** mean / standard deviation of the half's days from the moments of its blocks (Chan, Golub and LeVeque 1979). */
function sharpeOf(cell: BlockMoments, half: readonly number[], blockDays: number): number {
  const center = meanOf(cell, half);
  let squares = 0;
  let size = 0;
  for (let i = 0; i < half.length; i++) {
    const block = half[i]!;
    const apart = cell.means[block]! - center;
    squares += cell.squares[block]! + blockDays * apart * apart;
    size += cell.sizes[block]! / half.length;
  }
  if (size === 0) return 0;
  const deviation = Math.sqrt(squares / (half.length * blockDays - 1));
  return exceedsRounding(deviation, size) ? center / deviation : Number.NaN;
}

function firstBest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Ascending rank from 1 of one value; ties share their mean rank. */
function meanRank(values: Float64Array, index: number): number {
  const ranked = values[index]!;
  let below = 0;
  let equal = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < ranked) below++;
    else if (values[i] === ranked) equal++;
  }
  return below + (equal + 1) / 2;
}

function share(values: Float64Array, holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

function leastSquares(x: Float64Array, y: Float64Array): { readonly slope: number; readonly intercept: number } {
  const n = x.length;
  const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / n);
  let [products, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    products += (x[i]! - meanX!) * (y[i]! - meanY!);
    squares += (x[i]! - meanX!) ** 2;
  }
  const slope = exceedsRounding(Math.sqrt(squares / n), Math.abs(meanX!)) ? products / squares : Number.NaN;
  return { slope, intercept: meanY! - slope * meanX! };
}
