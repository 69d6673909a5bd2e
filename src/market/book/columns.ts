import type { FlowMinute } from './minute-flow.ts';

/** Traded volume against the book: of all trades, and of buyers less sellers, over the five levels' mean depth; 0 without depth. */
export function liquidityOf({ bought, sold, unsided, depth5 }: Pick<FlowMinute, 'bought' | 'sold' | 'unsided' | 'depth5'>): {
  readonly liquidity: number;
  readonly liquiditySigned: number;
} {
  if (depth5 === 0) return { liquidity: 0, liquiditySigned: 0 };
  return { liquidity: (bought + sold + unsided) / depth5, liquiditySigned: (bought - sold) / depth5 };
}
