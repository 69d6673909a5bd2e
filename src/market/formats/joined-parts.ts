import { AssayError } from '../../core/errors.ts';
import { barFields } from '../bars.ts';
import type { BarBlock, BarStream } from '../stream.ts';
import { isoOf } from './ordered-bars.ts';
import { blockFrom, rangeOf } from './times.ts';

/** A stream and the file that it is from. */
export interface PathStream {
  readonly path: string;
  readonly stream: BarStream;
}

/** One symbol's bars from one file or several. */
export interface JoinedParts {
  readonly stream: BarStream;
  /** Number of bars that a second file repeats. */
  readonly repeated: number;
}

const isBarField = (column: string): column is (typeof barFields)[number] => (barFields as readonly string[]).includes(column);

/**
 * Joins parts in time order. Where two overlap, both must hold the same bars.
 * @throws AssayError `data_invalid` at the first bar that differs or is missing in one of the two.
 */
export function joinParts(parts: readonly PathStream[], symbol: string): JoinedParts {
  const [only] = parts;
  if (parts.length === 1) return { stream: { ...only!.stream, symbol }, repeated: 0 };
  const sorted = parts
    .flatMap((part) => {
      const range = rangeOf(part.stream);
      return range === null ? [] : [{ ...part, ...range }];
    })
    .toSorted((one, other) => one.firstMs - other.firstMs);
  const kept: { readonly stream: BarStream; readonly afterMs: number }[] = [];
  let repeated = 0;
  let last: (typeof sorted)[number] | null = null;
  for (const part of sorted) {
    const endMs = last?.lastMs ?? Number.NEGATIVE_INFINITY;
    if (last !== null && part.firstMs <= endMs) repeated += checkOverlap(last, part, symbol);
    if (part.lastMs <= endMs) continue;
    kept.push({ stream: part.stream, afterMs: endMs });
    last = part;
  }
  return {
    repeated,
    stream: {
      symbol,
      extra: parts[0]!.stream.extra,
      *blocks() {
        for (const { stream, afterMs } of kept) yield* blocksAfter(stream, afterMs);
      },
    },
  };
}

/** The bars later than an instant. */
function* blocksAfter(stream: BarStream, afterMs: number): Generator<BarBlock> {
  for (const block of stream.blocks()) {
    const row = block.time.findIndex((ms) => ms > afterMs);
    if (row === 0) yield block;
    else if (row > 0) yield blockFrom(block, row);
  }
}

/** The bars of a stream one by one, from an instant on. */
function* barsFrom(stream: BarStream, fromMs: number): Generator<BarAt> {
  for (const block of blocksAfter(stream, fromMs - 1)) for (let row = 0; row < block.time.length; row++) yield { block, row };
}

interface BarAt {
  readonly block: BarBlock;
  readonly row: number;
}

function columnValue({ block, row }: BarAt, column: string): number {
  return (isBarField(column) ? block[column] : block.extra[column]!)[row]!;
}

/** Checks the times that two parts have in common, and counts them. `before` begins first. */
function checkOverlap(
  before: PathStream & { readonly lastMs: number },
  part: PathStream & { readonly firstMs: number; readonly lastMs: number },
  symbol: string,
): number {
  const endMs = Math.min(before.lastMs, part.lastMs);
  const [ones, others] = [barsFrom(before.stream, part.firstMs), barsFrom(part.stream, part.firstMs)];
  for (let n = 0; ; n++) {
    const [one, other] = [ones.next().value, others.next().value];
    const [oneMs, otherMs] = [
      one?.block.time[one.row] ?? Number.POSITIVE_INFINITY,
      other?.block.time[other.row] ?? Number.POSITIVE_INFINITY,
    ];
    if (Math.min(oneMs, otherMs) > endMs) return n;
    const column =
      barFields.find((field) => oneMs !== otherMs || one!.block[field][one!.row] !== other!.block[field][other!.row]) ??
      before.stream.extra.find((name) => !Object.is(one!.block.extra[name]![one!.row], other!.block.extra[name]![other!.row]));
    if (column === undefined) continue;
    const what =
      oneMs === otherMs
        ? `the ${column} at ${isoOf(oneMs)} is ${columnValue(one!, column)} and ${columnValue(other!, column)}`
        : `a bar at ${isoOf(Math.min(oneMs, otherMs))} is in one of them only`;
    throw new AssayError('data_invalid', `two files of ${symbol} overlap and differ: ${what}`, {
      place: `${before.path} and ${part.path}`,
      hint: 'give parts that follow one another or repeat the same bars; files of different instruments need a symbol each: --symbols A,B',
    });
  }
}
