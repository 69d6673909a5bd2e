import type { FlowMinute } from './minute-flow.ts';
import { depth } from './side.ts';

/** Levels of an instrument's data: 10, 1 (best prices), or 0 (trades alone). */
export type FlowLevels = 0 | 1 | 10;

const deepNames = Array.from({ length: depth - 1 }, (_, i) => `ofi${i + 2}`);
const tradeNames = ['bought', 'sold', 'unsided', 'trades'];

/**
 * Names of the columns of `order-flow@1` that a data set gets, by the levels of its source. What a source cannot show is absent, not 0: trades
 * alone have no flow of the book, best prices no depth and so no liquidity.
 */
export const flowColumns: Readonly<Record<FlowLevels, readonly string[]>> = {
  0: tradeNames,
  1: ['ofi', 'ofiSeconds', 'spread', 'microDev', 'microDevMean', ...tradeNames, 'validNs'],
  10: [
    'ofi',
    ...deepNames,
    'ofiSeconds',
    'spread',
    'depth5',
    'depth10',
    'microDev',
    'microDevMean',
    ...tradeNames,
    'liquidity',
    'liquiditySigned',
    'validNs',
  ],
};

/** True for columns of `order-flow@1` that add something up over their bar: without events they are 0. The others describe a state. */
export function isSum(column: string): boolean {
  return sums.has(column);
}

const sums: ReadonlySet<string> = new Set([
  ...['ofi', ...deepNames, 'ofiSeconds', ...tradeNames],
  ...['liquidity', 'liquiditySigned', 'validNs', 'ofiMinutes'],
]);

/** Values of {@link flowColumns} of a minute. */
export function flowValues(minute: FlowMinute, levels: FlowLevels): readonly number[] {
  const all: Readonly<Record<string, number>> = {
    ...(minute as unknown as Record<string, number>),
    ...liquidityOf(minute),
    ...Object.fromEntries(minute.ofi.map((value, rank) => [rank === 0 ? 'ofi' : `ofi${rank + 1}`, value])),
  };
  return flowColumns[levels].map((name) => all[name]!);
}

/** Traded volume against the book: of all trades, and of buyers less sellers, over the five levels' mean depth; 0 without depth. */
export function liquidityOf({ bought, sold, unsided, depth5 }: Pick<FlowMinute, 'bought' | 'sold' | 'unsided' | 'depth5'>): {
  readonly liquidity: number;
  readonly liquiditySigned: number;
} {
  if (depth5 === 0) return { liquidity: 0, liquiditySigned: 0 };
  return { liquidity: (bought + sold + unsided) / depth5, liquiditySigned: (bought - sold) / depth5 };
}
