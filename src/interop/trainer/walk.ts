import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import type { RowRange } from '../../features/feature-set.ts';
import { rangesOf } from '../../features/training-rows.ts';
import { barFields } from '../../market/bars.ts';
import { start } from '../../trading/agents/live-memory.ts';
import type { AccountPolicy } from '../../trading/env/backtest.ts';
import { decisionsOfParts } from '../../trading/env/decisions.ts';
import { type Market, rowsOf, type SessionParts } from '../../trading/env/market.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { barValue, writeDataFiles } from './data-files.ts';
import { fileWithin } from './file-within.ts';
import { invalid, shown } from './messages.ts';
import type { FilledTrainer } from './options.ts';
import type { TrainerProcess } from './process/trainer-process.ts';

/** Where a policy is walked. */
export interface WalkPlace {
  /** With features as they are, before any normalisation. */
  readonly market: Market;
  readonly parts: SessionParts;
  readonly environment: EnvironmentConfig;
}

export type WalkOptions = Pick<FilledTrainer, 'mode' | 'history' | 'limits'> & { readonly signal?: AbortSignal | undefined };

/** A policy that a trainer has loaded, under the number that the messages have. */
interface Loaded {
  readonly trainer: TrainerProcess;
  readonly id: number;
  /** For files of this walk; removed behind it. */
  readonly folder: string;
}

/** Lets `work` use a policy that a trainer loads from bytes that it saved. */
export async function withLoaded<Result>(
  trainer: TrainerProcess,
  policy: Uint8Array,
  { limits: { actSeconds }, signal }: Pick<WalkOptions, 'limits' | 'signal'>,
  work: (loaded: Loaded) => Promise<Result>,
): Promise<Result> {
  const id = trainer.newId();
  const folder = join(trainer.folder, `walk-${id}`);
  mkdirSync(folder);
  try {
    const path = join(folder, 'policy');
    writeFileSync(path, policy);
    const loaded = await trainer.ask({ type: 'load', id, policy: path }, actSeconds, 'loaded');
    if (loaded.type === 'error') throw failed(loaded.message);
    if (loaded.type !== 'loaded' || loaded.id !== id)
      throw invalid(`said ${shown(loaded)} where loaded ${id} was awaited`, 'answer load with loaded');
    const result = await work({ trainer, id, folder });
    signal?.throwIfAborted();
    const dropped = await trainer.ask({ type: 'drop', id }, actSeconds, 'dropped');
    if (dropped.type !== 'dropped' || dropped.id !== id)
      throw invalid(`said ${shown(dropped)} after the last bar: it has answered twice`, 'answer each bar once');
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Lets `walk` use a loaded policy at a place.
 * @throws AssayError as {@link TrainerProcess.next}; `not_finite` for weights without a size.
 */
export function withPolicy<Result>(
  trainer: TrainerProcess,
  policy: Uint8Array,
  place: WalkPlace,
  options: WalkOptions,
  walk: (act: AccountPolicy) => Promise<Result>,
): Promise<Result> {
  return withLoaded(trainer, policy, options, async (loaded) =>
    walk(options.mode === 'bars' ? barByBar(loaded, place, options) : await allAtOnce(loaded, place, options)),
  );
}

/** The error of a trainer that says that its own code failed. */
export function failed(message: string): AssayError {
  return new AssayError('trial_failed', `the trainer failed: ${message}`, {
    hint: 'what it wrote on stderr is the artifact `trainer-log` of the trial',
  });
}

const begins: Readonly<Record<number, 'episode' | 'session' | null>> = {
  [start.episode]: 'episode',
  [start.session]: 'session',
  [start.nothing]: null,
};

/** A policy that gets each bar when its time has come, and no later one. */
function barByBar(
  { trainer, id }: Loaded,
  { market, parts, environment }: WalkPlace,
  { history, limits, signal }: WalkOptions,
): AccountPolicy {
  const { bars, featuresPerAsset } = market;
  const { rows } = decisionsOfParts(environment, market, parts);
  const assets = bars.symbols.length;
  const stride = featuresPerAsset + 1;
  const firsts = new Set(rangesOf(parts).map((range) => Math.max(rowsOf(bars, range).from, market.firstRow)));
  let i = 0;
  let seen = -1;
  return async (observation, action, starts) => {
    signal?.throwIfAborted();
    const row = rows[i]!;
    // Behind a gap the bars before the part are its history.
    const from = firsts.has(row) ? Math.max(0, row - history) : seen + 1;
    const said = await trainer.ask(
      {
        type: 'bar',
        id,
        i,
        time: bars.time[row]!,
        bars: Array.from({ length: row + 1 - from }, (_, k) => barOf(market, from + k)),
        features: Array.from(
          { length: assets * featuresPerAsset },
          (_, k) => observation[Math.floor(k / featuresPerAsset) * stride + (k % featuresPerAsset)],
        ),
        position: Array.from({ length: assets }, (_, k) => observation[k * stride + featuresPerAsset]),
        begins: begins[starts[0]!],
      },
      limits.actSeconds,
      `act for bar ${i}`,
    );
    if (said.type === 'error') throw failed(said.message);
    if (said.type !== 'act') throw invalid(`said ${shown(said)} where act for bar ${i} was awaited`, 'answer bar with act');
    if (said.id !== id || said.i !== i)
      throw invalid(`answered bar ${said.i} where bar ${i} was asked: it has answered twice`, 'answer each bar once');
    action.set(checkedWeights(said.weights, assets, `bar ${i}`));
    seen = row;
    i++;
  };
}

/** Time and fields of every symbol. */
function barOf({ bars }: Market, row: number): readonly number[] {
  return [bars.time[row]!, ...Array.from({ length: bars.symbols.length * barFields.length }, (_, k) => barValue(bars, row, k))];
}

/** A policy whose positions for all bars were computed at once. */
async function allAtOnce(loaded: Loaded, { market, parts, environment }: WalkPlace, options: WalkOptions): Promise<AccountPolicy> {
  const assets = market.bars.symbols.length;
  const whole = batchRows(market, parts, options);
  const positions = await positionsOf(loaded, market, whole, options);
  const { rows } = decisionsOfParts(environment, market, parts);
  let i = 0;
  return (_, action) => {
    const bar = rows[i]! - whole.from;
    action.set(checkedWeights(positions.subarray(bar * assets, (bar + 1) * assets), assets, `bar ${bar}`));
    i++;
  };
}

/** The bars that a trainer gets at once: those of the parts and between them, with the history before. */
export function batchRows({ bars }: Pick<Market, 'bars'>, parts: SessionParts, { history }: Pick<WalkOptions, 'history'>): RowRange {
  const ranges = rangesOf(parts).map((range) => rowsOf(bars, range));
  return { from: Math.max(0, ranges[0]!.from - history), to: ranges.at(-1)!.to };
}

/** The positions that a loaded policy takes on these bars, when it sees them all: rows x assets. */
export async function positionsOf(
  { trainer, id, folder }: Loaded,
  { bars, features, featuresPerAsset, firstRow }: Market,
  rows: RowRange,
  { limits, signal }: Pick<WalkOptions, 'limits' | 'signal'>,
): Promise<Float64Array> {
  signal?.throwIfAborted();
  const assets = bars.symbols.length;
  const matrix = { values: features, width: assets * featuresPerAsset, names: [], warmUpBars: firstRow };
  const data = writeDataFiles(join(folder, 'bars'), bars, matrix, [rows]);
  const said = await trainer.ask({ type: 'bars', id, data }, limits.actSeconds, 'positions');
  if (said.type === 'error') throw failed(said.message);
  if (said.type !== 'positions' || said.id !== id)
    throw invalid(`said ${shown(said)} where positions were awaited`, 'answer bars with positions');
  const bytes = readFileSync(fileWithin(trainer.folder, said.path));
  if (bytes.byteLength !== data.rows * assets * Float64Array.BYTES_PER_ELEMENT)
    throw invalid(
      `gave ${bytes.byteLength} bytes of positions, not ${data.rows} rows of ${assets} float64`,
      'give one position for each bar and symbol',
    );
  return new Float64Array(new Uint8Array(bytes).buffer);
}

function checkedWeights(weights: ArrayLike<number>, assets: number, place: string): ArrayLike<number> {
  if (weights.length !== assets)
    throw invalid(`gave ${weights.length} weights at ${place}, not ${assets}`, 'give one weight for each symbol');
  for (const weight of Array.from(weights))
    if (!(Math.abs(weight) <= 1))
      throw new AssayError('not_finite', `the trainer's weight at ${place} is ${weight}, not a number in [-1, 1]`, {
        hint: 'the training has diverged, or its output is not bounded: use tanh',
      });
  return weights;
}
