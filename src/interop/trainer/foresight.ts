import { AssayError } from '../../core/errors.ts';
import type { Market, SessionParts } from '../../trading/env/market.ts';
import { checkCausal } from '../../validation/checks/repeatable.ts';
import type { TrainerProcess } from './process/trainer-process.ts';
import { batchRows, positionsOf, type WalkOptions, withLoaded } from './walk.ts';

/** A policy as its trainer saved it, and the bars that it is asked for at once. */
interface Asked {
  readonly market: Market;
  readonly parts: SessionParts;
  readonly policy: Uint8Array;
  /** Decides where the bars are cut. */
  readonly seed: string;
}

/** How often the answers were cut, how often a position changed, and the first row of the data set whose positions do (null: none). */
export interface Foresight {
  readonly cuts: number;
  readonly changed: number;
  readonly firstRow: number | null;
}

/** Asks a policy that sees all bars at once again for the first of them, cut at three random bars: no position may change. */
export async function findForesight(
  options: WalkOptions,
  trainer: TrainerProcess,
  { market, parts, policy, seed }: Asked,
): Promise<Foresight> {
  const rows = batchRows(market, parts, options);
  const width = market.bars.symbols.length;
  const answer = (bars: number) =>
    withLoaded(trainer, policy, options, (loaded) => positionsOf(loaded, market, { from: rows.from, to: rows.from + bars }, options));
  const { changed, cuts, firstBar } = await checkCausal(answer, { bars: rows.to - rows.from, width, seed });
  return { cuts, changed, firstRow: firstBar === null ? null : rows.from + firstBar };
}

/** @throws AssayError `look_ahead` with the first bar whose positions change when later bars are not there. */
export async function refuseForesight(options: WalkOptions, trainer: TrainerProcess, asked: Asked): Promise<void> {
  const { cuts, changed, firstRow } = await findForesight(options, trainer, asked);
  if (firstRow === null) return;
  const at = new Date(asked.market.bars.time[firstRow]!).toISOString();
  throw new AssayError(
    'look_ahead',
    `the trainer's positions depend on later bars: at row ${firstRow} (${at}) first, in ${changed} of ${cuts} cuts`,
    {
      hint: "compute each position from its bar and the ones before, or let Assay show one bar after the other: mode: 'bars'",
    },
  );
}
