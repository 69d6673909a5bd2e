import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { RowRange } from '../feature-set.ts';

/** Columns of the best bid and ask at the end of a bar, as snapshots of books have them. */
export const quoteColumns = ['bid1', 'bidSize1', 'ask1', 'askSize1'] as const;

export interface MicroPriceOptions {
  /** Number of equal bins of the imbalance, half of them on each side of balance. */
  readonly bins: number;
  /** Spreads of this many ticks and more count as one. */
  readonly spreads: number;
  /** In units of price; undefined: the instrument's, else the smallest spread of the training rows. */
  readonly tick?: number | undefined;
}

const tableSchema = z.object({
  tick: z.number().positive(),
  /** Ticks between the micro-price and the mid, by spread (from one tick on) and by bin of |2 I - 1|, for more size at the bid. */
  ticks: z.array(z.array(z.number()).min(1)).min(1),
});

/** The micro-price of one symbol's book. */
export type MicroPriceTable = z.infer<typeof tableSchema>;

/** @throws AssayError `data_invalid` for something that is no fit of `symbolCount` symbols. */
export function parseMicroPrices(fitted: Json, symbolCount: number): readonly MicroPriceTable[] {
  const parsed = z.array(tableSchema).length(symbolCount).safeParse(fitted);
  if (parsed.success) return parsed.data;
  throw new AssayError('data_invalid', `the tables of the micro-price are not fitted: ${z.prettifyError(parsed.error)}`, {
    hint: 'fit the feature set on the training rows first, or restore the fit from the normaliser or the exported policy',
  });
}

/** Ticks that the micro-price lies above the mid: 0 where both sizes are equal, NaN where a price or a size is unknown. */
export function microPriceTicks({ tick, ticks }: MicroPriceTable, bid: number, bidSize: number, ask: number, askSize: number): number {
  const side = Math.sign(bidSize - askSize);
  if (Number.isNaN(side + ask - bid)) return Number.NaN;
  if (side === 0) return 0;
  const row = ticks[spreadOf(bid, ask, tick, ticks.length)]!;
  return side * row[binOf(bidSize, askSize, row.length)]!;
}

/**
 * Fits the table of every symbol on consecutive training rows of a session and contract. Stoikov, The Micro-Price: A High Frequency Estimator
 * of Future Prices (2018): states are the imbalance I = bid size / both sizes in bins and the spread in ticks; the micro-price is the mid
 * plus g = sum of B^i G1, the limit of the expected mid after i moves. G1 = (1 - Q)^-1 R1 K and B = (1 - Q)^-1 R2, so that g is the solution of
 * (1 - Q - R2) g = R1 K. Every transition counts with its mirror image (bid and ask exchanged), which makes g odd in the side: one half of the
 * states is solved for, and a balanced book has g = 0.
 */
export function fitMicroPrices(bars: AlignedBars, training: RowRange, options: MicroPriceOptions): MicroPriceTable[] {
  return bars.symbols.map((_, k) => {
    const [bid, bidSize, ask, askSize] = quoteColumns.map((name) => bars.columns[k]![name]!) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const tick = options.tick ?? bars.instruments[k]?.tick ?? smallestSpread(bid, ask, training);
    const half = options.bins / 2;
    const moves = createMoves(options.spreads * half);
    const stateOf = (row: number): number =>
      spreadOf(bid[row]!, ask[row]!, tick, options.spreads) * half + binOf(bidSize[row]!, askSize[row]!, half);
    const contract = bars.contracts[k]?.index ?? null;
    for (let row = training.from; row + 1 < training.to; row++) {
      const next = row + 1;
      if (bars.session[next] !== bars.session[row] || (contract !== null && contract[next] !== contract[row])) continue;
      const move = (bid[next]! + ask[next]! - bid[row]! - ask[row]!) / 2 / tick;
      const [side, nextSide] = [Math.sign(bidSize[row]! - askSize[row]!), Math.sign(bidSize[next]! - askSize[next]!)];
      if (!Number.isFinite(move + side + nextSide)) continue;
      if (side !== 0) moves.add(stateOf(row), side * move, nextSide === 0 ? null : stateOf(next), side * nextSide);
    }
    const solved = moves.solve();
    return { tick, ticks: Array.from({ length: options.spreads }, (_row, s) => solved.slice(s * half, (s + 1) * half)) };
  });
}

/** Index of a spread: 0 for one tick, the last for that many and more. */
function spreadOf(bid: number, ask: number, tick: number, spreads: number): number {
  return Math.min(spreads, Math.max(1, Math.round((ask - bid) / tick))) - 1;
}

/** Index of |2 I - 1| in bins that include their upper ends, so that both sides of balance are cut alike. */
function binOf(bidSize: number, askSize: number, half: number): number {
  const share = Math.abs(bidSize - askSize) / (bidSize + askSize);
  return Math.min(half, Math.max(1, Math.ceil(share * half))) - 1;
}

/** The smallest spread above 0; 1 without any. */
function smallestSpread(bid: Float64Array, ask: Float64Array, { from, to }: RowRange): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let row = from; row < to; row++) {
    const spread = ask[row]! - bid[row]!;
    if (spread > 0 && spread < smallest) smallest = spread;
  }
  return smallest === Number.POSITIVE_INFINITY ? 1 : smallest;
}

/** Counts moves between states of one side, and solves for g. */
function createMoves(states: number) {
  const counts = new Float64Array(states);
  const jumps = new Float64Array(states);
  const to = Array.from({ length: states }, () => new Float64Array(states));
  return {
    /** @param sign 1 to the same side of balance, -1 to the other; `next` is null for a balanced book, whose g is 0. */
    add: (state: number, jump: number, next: number | null, sign: number): void => {
      counts[state]!++;
      jumps[state]! += jump;
      if (next !== null) to[state]![next]! += sign;
    },
    solve: (): number[] => {
      const system = (mirrored: number): number[][] =>
        to.map((row, i) => [
          ...Array.from(row, (n, j) => (i === j ? Math.max(1, counts[i]! + 2 * mirrored * Math.sign(counts[i]!)) - n : -n)),
          jumps[i]!,
        ]);
      // States that never come to the other side nor to balance have no limit: one move of each to its mirror image, with its own count, gives one.
      return solveLinear(system(0)) ?? solveLinear(system(1)) ?? new Array<number>(states).fill(0);
    },
  };
}

/** Solves rows [a | b] by elimination with row pivots; null where a pivot is all but 0. */
function solveLinear(rows: number[][]): number[] | null {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    const pivot = rows[k]!;
    if (!(Math.abs(pivot[k]!) > 1e-9)) return null;
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / pivot[k]!;
      if (factor !== 0) for (let j = k; j <= n; j++) rows[i]![j] = rows[i]![j]! - factor * pivot[j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) sum -= rows[k]![j]! * x[j]!;
    x[k] = sum / rows[k]![k]!;
  }
  return x;
}
