import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { RowRange } from '../feature-set.ts';
import { baumWelch } from './baum-welch.ts';
import { type Covariance, freeParameters, type HmmModel, type HmmParameters, inOrder, toModel } from './model.ts';
import { randomStart, rankStart } from './starts.ts';

export interface FitOptions {
  readonly states: number;
  readonly inputs: number;
  readonly covariance: Covariance;
  /** Number of random starts beside the deterministic one. */
  readonly randomStarts: number;
  readonly seed: number;
}

/** What became of one start. */
export interface FittedStart {
  /** `rank`, or `random 1`, ... */
  readonly start: string;
  /** Null where the start was dropped. */
  readonly logLikelihood: number | null;
  readonly iterations: number | null;
  readonly dropped: string | null;
}

/** The best of all starts, states in rising order of variance. */
export interface HmmFit {
  readonly model: HmmModel;
  readonly logLikelihood: number;
  /** -2 log L + parameters x ln rows. Compares models of the same inputs only. */
  readonly bic: number;
  readonly rows: number;
  readonly starts: readonly FittedStart[];
}

const iterations = 200;
/** Of log L a row. */
const tolerance = 1e-6;
/** Least variance of a standardised input. */
const floor = 1e-6;
/** Least rows of a state, per input. */
const leastRowsPerInput = 10;

/**
 * Fits a Gaussian hidden Markov model by Baum-Welch from one deterministic and several seeded starts; the best training likelihood wins.
 * Equal inputs give an equal model.
 * @param x rows x inputs, standardised.
 * @param sequences rows of each sequence: no state moves from one to the next. Default: one.
 * @throws AssayError `data_invalid` if no start gives a model in which every state is used.
 */
export function fitHmm(x: Float64Array, options: FitOptions, sequences?: readonly RowRange[]): HmmFit {
  const { states, inputs, covariance, randomStarts, seed } = options;
  const rows = x.length / inputs;
  const rng = createRng(`hmm/${seed}`);
  const candidates: readonly (readonly [string, HmmParameters])[] = [
    ['rank', rankStart(x, covariance, states, inputs)],
    ...Array.from(
      { length: randomStarts },
      (_, i) => [`random ${i + 1}`, randomStart(x, covariance, states, inputs, rng.fork(i + 1))] as const,
    ),
  ];
  const limits = { iterations, tolerance: tolerance * rows, floor, leastWeight: leastRowsPerInput * inputs };
  const fits = candidates.map(([start, parameters]) => ({ start, fitted: baumWelch(parameters, x, limits, sequences) }));
  const starts = fits.map(({ start, fitted }): FittedStart => {
    if ('failed' in fitted) return { start, logLikelihood: null, iterations: null, dropped: fitted.failed };
    return { start, logLikelihood: fitted.logLikelihoods.at(-1)!, iterations: fitted.logLikelihoods.length - 1, dropped: null };
  });
  const likelihoods = starts.map(({ logLikelihood }) => logLikelihood ?? Number.NEGATIVE_INFINITY);
  const logLikelihood = Math.max(...likelihoods);
  const best = fits[likelihoods.indexOf(logLikelihood)]!.fitted;
  if ('failed' in best)
    throw new AssayError('data_invalid', `no hidden Markov model of ${states} states fits ${rows} rows`, {
      place: [...new Set(starts.map(({ dropped }) => dropped))].join(', '),
      hint: 'train on more bars, or ask for fewer states; prices that do not move have no regimes',
    });
  const bic = -2 * logLikelihood + freeParameters(covariance, states, inputs) * Math.log(rows);
  return { model: toModel(inOrder(best.parameters)), logLikelihood, bic, rows, starts };
}
