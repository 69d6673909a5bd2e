import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { barReader } from '../bar-reader.ts';
import type { Bar, RowRange } from '../feature-set.ts';
import { createMemory, type Memory } from '../memory.ts';
import { roundingShare } from '../zscore.ts';
import { HmmFilter } from './filter.ts';
import { fitHmm } from './fit.ts';
import { RegimeInputs, regimeInputs, regimeInputsId } from './inputs.ts';
import { fromModel, hmmModelSchema } from './model.ts';

/** Settings of the regimes of a feature set. */
export const regimeOptions = z.strictObject({
  states: z.int().min(2).max(8).default(3).meta({ description: 'number of regimes, from calm to turbulent' }),
  bars: z.int().min(1).max(390).default(15).meta({ description: 'bars that the inputs look back, within the session' }),
  covariance: z.enum(['diag', 'full']).default('diag').meta({ description: 'shape of the covariances' }),
  randomStarts: z.int().min(0).max(100).default(9).meta({ description: 'seeded starts of the fit beside the deterministic one' }),
  seed: z.int().min(0).default(1).meta({ description: 'of the random starts' }),
  restart: z.boolean().default(false).meta({ description: 'whether each session begins with the start probabilities' }),
});
export type RegimeOptions = z.output<typeof regimeOptions>;

const number = z.number();
const fittedSchema = z.object({
  inputs: z.literal(regimeInputsId),
  bars: z.int(),
  /** Mean and population deviation of the inputs in the training rows. */
  mean: z.array(number).length(regimeInputs),
  sd: z.array(number).length(regimeInputs),
  model: hmmModelSchema,
  logLikelihood: number,
  bic: number,
  rows: z.int(),
  starts: z.array(
    z.object({ start: z.string(), logLikelihood: number.nullable(), iterations: number.nullable(), dropped: z.string().nullable() }),
  ),
});
/** A fit of one symbol's regimes, as plain data. */
export type FittedRegimes = z.infer<typeof fittedSchema>;

/** @throws AssayError `data_invalid` for something that is no fit of `symbolCount` symbols. */
export function parseRegimes(fitted: Json, symbolCount: number): readonly FittedRegimes[] {
  const parsed = z.array(fittedSchema).length(symbolCount).safeParse(fitted);
  if (parsed.success) return parsed.data;
  throw new AssayError('data_invalid', `the regimes are not fitted: ${z.prettifyError(parsed.error)}`, {
    hint: 'fit the feature set on the training rows first, or restore the fit from the normaliser or the exported policy',
  });
}

/** Inputs of one symbol's rows 0 to `rows`, not standardised: rows x 2. */
export function regimeInputRows(bars: AlignedBars, symbol: number, rows: number, lookBack: number): Float64Array {
  const reader = barReader(bars, [], regimeInputsId);
  const inputs = new RegimeInputs(createMemory(), lookBack);
  const x = new Float64Array(rows * regimeInputs);
  for (let row = 0; row < rows; row++) {
    reader.read(row);
    inputs.push(reader.bar, symbol);
    x.set(inputs.values, row * regimeInputs);
  }
  return x;
}

/**
 * Fits the regimes of every symbol on the training rows. Inputs are standardised by the mean and deviation of the training rows: those of
 * raw returns are so small that every floor and tolerance would swamp them.
 * @param parts of the training rows, each a sequence of its own; default: one.
 * @throws AssayError `data_invalid` if an input is constant or no model fits.
 */
export function fitRegimes(
  bars: AlignedBars,
  { from, to }: RowRange,
  options: RegimeOptions,
  parts: readonly RowRange[] = [{ from, to }],
): readonly FittedRegimes[] {
  const sequences = parts.map((part) => ({ from: part.from - from, to: part.to - from }));
  return bars.symbols.map((symbol, k) => {
    const x = regimeInputRows(bars, k, to, options.bars).subarray(from * regimeInputs);
    const { mean, sd } = scaleOf(x);
    const still = sd.findIndex((deviation, i) => !(deviation > roundingShare * Math.max(1, Math.abs(mean[i]!))));
    if (still >= 0)
      throw new AssayError(
        'data_invalid',
        `the ${still === 0 ? 'return' : 'range'} of ${symbol} is constant in the training rows: there are no regimes`,
        {
          place: `rows ${from} to ${to}`,
          hint: 'train on other sessions, or use a feature set without regimes',
        },
      );
    standardise(x, mean, sd);
    const fit = fitHmm(x, { ...options, inputs: regimeInputs }, sequences);
    return { inputs: regimeInputsId, bars: options.bars, mean, sd, ...fit, starts: [...fit.starts] };
  });
}

function scaleOf(x: Float64Array): { readonly mean: number[]; readonly sd: number[] } {
  const rows = x.length / regimeInputs;
  const mean = new Array<number>(regimeInputs).fill(0);
  const squares = new Array<number>(regimeInputs).fill(0);
  for (let i = 0; i < x.length; i++) mean[i % regimeInputs]! += x[i]! / rows;
  for (let i = 0; i < x.length; i++) squares[i % regimeInputs]! += (x[i]! - mean[i % regimeInputs]!) ** 2;
  return { mean, sd: squares.map((sum) => Math.sqrt(sum / rows)) };
}

/** (x - mean) / sd in place. */
export function standardise(x: Float64Array, mean: readonly number[], sd: readonly number[]): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! - mean[i % regimeInputs]!) / sd[i % regimeInputs]!;
}

/** The regime of one symbol, bar by bar: filter only. */
export class Regime {
  /** P(regime) after the last bar, calm first. */
  readonly probabilities: Float64Array;
  readonly #inputs: RegimeInputs;
  readonly #filter: HmmFilter;
  readonly #fitted: FittedRegimes;
  readonly #restart: boolean;
  readonly #x = new Float64Array(regimeInputs);

  constructor(memory: Memory, fitted: FittedRegimes, restart: boolean) {
    this.#fitted = fitted;
    this.#restart = restart;
    this.#inputs = new RegimeInputs(memory, fitted.bars);
    this.#filter = new HmmFilter(memory, fromModel(fitted.model));
    this.probabilities = this.#filter.probabilities;
  }

  push(bar: Bar, k: number): void {
    this.#inputs.push(bar, k);
    const { mean, sd } = this.#fitted;
    const { values } = this.#inputs;
    for (let i = 0; i < regimeInputs; i++) this.#x[i] = (values[i]! - mean[i]!) / sd[i]!;
    this.#filter.next(this.#x, 0, this.#restart && bar.begins[k] === 1);
  }
}
