import { coordinatesOf, placeOf } from '../../src/search/samplers/gp/coordinates.ts';
import { layoutOf, type ModelForm } from '../../src/search/samplers/gp/hyperparameters.ts';
import { standardLogEi } from '../../src/search/samplers/gp/log-ei.ts';
import { createPredictor } from '../../src/search/samplers/gp/predict.ts';
import { referencePrior } from '../../src/search/samplers/gp/priors.ts';
import { condition } from '../../src/search/samplers/gp/process.ts';
import { encodeParams } from '../../src/search/space/codec.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { ChoiceValue, FlatParams, SpaceJson } from '../../src/search/space/param.ts';
import { agrees, type GoldenNumber } from './read.ts';

/** A golden file of the Gaussian process: normalised inputs, likelihood, prior, predictions and acquisition at given hyperparameters. */
export interface GpGolden {
  readonly cases: readonly GpGoldenCase[];
  /** z and log(phi(z) + z Phi(z)). */
  readonly standard_logei: readonly (readonly [number, GoldenNumber])[];
}

export interface GpGoldenCase {
  readonly search_space: Readonly<Record<string, GoldenParam>>;
  readonly params: readonly FlatParams[];
  readonly X_normalized: readonly (readonly number[])[];
  readonly Y_standardized_maximize: readonly number[];
  readonly is_categorical: readonly boolean[];
  readonly inverse_squared_lengthscales: readonly number[];
  readonly kernel_scale: number;
  readonly noise_var: number;
  readonly marginal_log_likelihood_no_const: GoldenNumber;
  readonly log_prior: GoldenNumber;
  readonly query: readonly (readonly number[])[];
  readonly mean: readonly GoldenNumber[];
  readonly var: readonly GoldenNumber[];
  readonly log_ei: readonly GoldenNumber[];
}

type GoldenParam =
  | { readonly type: 'float' | 'int'; readonly low: number; readonly high: number; readonly log: boolean; readonly step: number | null }
  | { readonly type: 'categorical'; readonly choices: readonly ChoiceValue[] };

/** Returns the disagreements as text, empty if there are none. */
export function checkLogEi(pairs: GpGolden['standard_logei']): readonly string[] {
  return pairs.flatMap(([z, wanted]) => (agrees(standardLogEi(z), wanted) ? [] : [`log EI at ${z}: ${standardLogEi(z)}, not ${wanted}`]));
}

/** Returns the disagreements as text, empty if there are none. */
export function checkGp(golden: GpGoldenCase): readonly string[] {
  const faults: string[] = [];
  const compare = (what: string, actual: number, wanted: GoldenNumber): void => {
    if (!agrees(actual, wanted)) faults.push(`${what}: ${actual}, not ${wanted}`);
  };
  const names = Object.keys(golden.search_space);
  const space = compileSpace(spaceOf(golden));
  const { axes } = coordinatesOf(space);
  golden.params.forEach((params, i) => {
    const row = encodeParams(space, params);
    for (const axis of axes)
      compare(`x ${i} ${axis.flat.name}`, placeOf(axis, row[axis.flat.index]!), golden.X_normalized[i]![names.indexOf(axis.flat.name)]!);
  });

  const form: ModelForm = {
    shape: 'matern52',
    mean: 'zero',
    choices: golden.is_categorical,
    warpedAxes: [],
    additive: false,
    prior: referencePrior,
  };
  const hyperparameters = {
    inverseSquaredLengthscales: Float64Array.from(golden.inverse_squared_lengthscales),
    scale: golden.kernel_scale,
    noise: golden.noise_var,
    warps: new Float64Array(0),
    additive: null,
  };
  const targets = Float64Array.from(golden.Y_standardized_maximize);
  const process = condition(form, hyperparameters, { points: golden.X_normalized.map((x) => Float64Array.from(x)), targets });
  if (process === null) return ['the covariance is not positive definite'];
  compare('log likelihood', process.logLikelihood, golden.marginal_log_likelihood_no_const);
  const logs = Float64Array.from([...golden.inverse_squared_lengthscales, golden.kernel_scale, golden.noise_var], Math.log);
  compare('log prior', referencePrior.logDensity(logs, layoutOf(form), new Float64Array(logs.length)), golden.log_prior);
  const predictor = createPredictor(process);
  const best = Math.max(...targets);
  golden.query.forEach((query, i) => {
    const { mean, variance } = predictor.at(Float64Array.from(query));
    compare(`mean ${i}`, mean, golden.mean[i]!);
    compare(`variance ${i}`, variance, golden.var[i]!);
    const sigma = Math.sqrt(variance + 1e-12);
    compare(`log EI ${i}`, standardLogEi((mean - best) / sigma) + Math.log(sigma), golden.log_ei[i]!);
  });
  return faults;
}

function spaceOf({ search_space }: GpGoldenCase): SpaceJson {
  return Object.fromEntries(
    Object.entries(search_space).map(([name, param]) => {
      if (param.type === 'categorical') return [name, { type: 'choice', choices: param.choices }];
      const { type, low, high, log, step } = param;
      return [name, { type, low, high, ...(log ? { log } : {}), ...(step === null || (type === 'int' && log) ? {} : { step }) }];
    }),
  );
}
