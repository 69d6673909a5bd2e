import { createRng } from '../../core/rng.ts';
import { prefixOf } from '../../features/look-ahead.ts';
import { type LookAheadPlace, type PolicyChecks, type SavedPolicy, type WalkedStress, walkedStresses } from '../../search/study/checks.ts';
import { differsAt } from '../../validation/checks/repeatable.ts';
import type { Backtest } from '../env/backtest.ts';
import type { Market, SessionRange } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { changedAfter, ways } from './changed-bars.ts';
import { stressed } from './stress.ts';
import { createTally } from './tally.ts';

/** Walks a saved policy over sessions of a market, as its evaluation did: one account, costs on. */
export type Walk = (policy: Uint8Array, market: Market, range: SessionRange, environment: EnvironmentConfig) => Promise<Backtest>;

/** The test part that saved policies are checked on. */
export interface CheckedFold {
  /** The market of the evaluation. */
  readonly market: Market;
  readonly test: SessionRange;
  readonly environment: EnvironmentConfig;
  /** Rows after which the data are changed, in each way; the policies share them. */
  readonly rows: readonly number[];
  readonly seed: string;
}

/**
 * Checks saved policies without training: the evaluation walked again gives the stored returns; under each stress, the returns; and with all
 * data after some rows of the test part cut off or replaced by noise, no action up to the row and no fill before it changes. The features
 * up to these rows are those of the data: `checkFeatures` shows that they stay the same there.
 */
export async function checkPolicies(
  { market, test, environment, rows, seed }: CheckedFold,
  policies: readonly SavedPolicy[],
  walk: Walk,
): Promise<readonly PolicyChecks[]> {
  const wholes = await inTurn(policies, ({ bytes }) => walk(bytes, market, test, environment));
  const stresses = await inTurn(policies, ({ bytes }) => stressReturns(bytes, market, test, environment, walk));
  const tallies = policies.map(() => ({ cut: createTally(), noise: createTally() }));
  const rng = createRng(`${seed}/noise`);
  const { bars } = market;
  const width = bars.bars.length * market.featuresPerAsset;
  for (const [turn, row] of rows.entries()) {
    const i = turn % policies.length;
    for (const way of ways) {
      // Behind the next bar nothing is walked.
      const changedBars = prefixOf(changedAfter(bars, row, way, rng), row + 2);
      const changed = { ...market, bars: changedBars, features: market.features.subarray(0, changedBars.time.length * width) };
      const range = { from: test.from, to: bars.session[row]! + 1 };
      tallies[i]![way].add(changedStep(wholes[i]!, await walk(policies[i]!.bytes, changed, range, environment), row, bars.symbols));
    }
  }
  return policies.map((policy, i) => ({
    seed: policy.seed,
    cut: tallies[i]!.cut.result(),
    noise: tallies[i]!.noise.result(),
    differsAt: differentStep(policy, wholes[i]!),
    ...largestDifference(policy, wholes[i]!),
    stress: stresses[i]!,
  }));
}

/** The first step whose stored return is not that of the walk, or the first of a session whose return is not. */
function differentStep({ stepReturns, dailyReturns }: SavedPolicy, walked: Backtest): number | null {
  const places = [differsAt(stepReturns, walked.stepReturns)];
  const day = differsAt(dailyReturns, walked.dailyReturns);
  if (day !== null) places.push(firstStepOf(walked, day));
  const found = places.filter((place) => place !== null);
  return found.length === 0 ? null : Math.min(...found);
}

function largestDifference({ stepReturns, dailyReturns }: SavedPolicy, walked: Backtest): Pick<PolicyChecks, 'largestDifference'> {
  if (stepReturns.length !== walked.stepReturns.length || dailyReturns.length !== walked.dailyReturns.length) return {};
  let largest = 0;
  for (let i = 0; i < stepReturns.length; i++) largest = Math.max(largest, Math.abs(stepReturns[i]! - walked.stepReturns[i]!));
  for (let i = 0; i < dailyReturns.length; i++) largest = Math.max(largest, Math.abs(dailyReturns[i]! - walked.dailyReturns[i]!));
  return Number.isFinite(largest) ? { largestDifference: largest } : {};
}

/** The first step of the n-th session, counted from 0; the number of steps where there are fewer sessions. */
function firstStepOf({ sessions, stepReturns }: Backtest, n: number): number {
  let day = -1;
  const step = sessions.findIndex((session, i) => session !== sessions[i - 1] && ++day === n);
  return step === -1 ? stepReturns.length : step;
}

async function stressReturns(
  policy: Uint8Array,
  market: Market,
  test: SessionRange,
  environment: EnvironmentConfig,
  walk: Walk,
): Promise<Readonly<Record<WalkedStress, readonly number[]>>> {
  const returns = await inTurn(walkedStresses, async (kind) => {
    const under = stressed(kind, { bars: market.bars, environment });
    return [kind, (await walk(policy, { ...market, bars: under.bars }, test, under.environment)).dailyReturns] as const;
  });
  return Object.fromEntries(returns) as Record<WalkedStress, readonly number[]>;
}

/**
 * The first action up to `row`, or fill before it, that differs. Of the last fill only the position is compared: where the bars end, what is
 * held may be closed at once.
 */
function changedStep(was: Backtest, is: Backtest, row: number, symbols: readonly string[]): LookAheadPlace | null {
  const assets = symbols.length;
  // Up to the last decision that both made: where the bars are cut, none is made at the last one.
  const decided = Math.min(stepsUpTo(was, row), stepsUpTo(is, row));
  const filled = Math.min(stepsUpTo(was, row - 1), stepsUpTo(is, row - 1));
  const places: LookAheadPlace[] = [];
  const add = (what: LookAheadPlace['what'], at: number | null, width: number): void => {
    if (at === null) return;
    const name = width === 1 ? symbols.join(' ') : symbols[at % width]!;
    places.push({ what, name, row: was.rows[Math.floor(at / width)]! });
  };
  add('action', differsAt(was.actions, is.actions, decided * assets), assets);
  add('fill', differsAt(was.shares, is.shares, filled * assets), assets);
  add('fill', differsAt(was.stepReturns, is.stepReturns, Math.max(0, filled - 1)), 1);
  return places.sort((a, b) => a.row - b.row)[0] ?? null;
}

/** Number of steps whose decision is made at `row` or before. */
function stepsUpTo({ rows }: Backtest, row: number): number {
  const after = rows.findIndex((decided) => decided > row);
  return after === -1 ? rows.length : after;
}

async function inTurn<Item, Result>(items: readonly Item[], perform: (item: Item, i: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const [i, item] of items.entries()) results.push(await perform(item, i));
  return results;
}
