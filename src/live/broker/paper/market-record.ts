/** A price level as it is displayed. */
export interface Level {
  readonly ticks: number;
  readonly size: number;
}

/** What the matching engine sees of a market. Times are nanoseconds since the epoch. */
export type MarketRecord =
  | {
      /** The displayed levels after a change, best first: one a side of a top-of-book feed. */
      readonly kind: 'book';
      readonly time: bigint;
      readonly symbol: string;
      readonly bids: readonly Level[];
      readonly asks: readonly Level[];
      /** True where the feed itself says that the book may be wrong. */
      readonly suspect?: boolean;
    }
  | {
      readonly kind: 'trade';
      readonly time: bigint;
      readonly symbol: string;
      readonly ticks: number;
      readonly size: number;
      /** Who took what was displayed; null where the feed does not say (auctions, implied trades). */
      readonly aggressor: 'buy' | 'sell' | null;
    }
  /** Trading of a symbol stops, or goes on. */
  | { readonly kind: 'halt'; readonly time: bigint; readonly symbol: string; readonly halted: boolean }
  /** Records were lost: what is displayed is unknown until the next book. */
  | { readonly kind: 'gap'; readonly time: bigint; readonly symbol: string }
  | {
      /** A whole bar, at its end. Prices in ticks, which need not be whole. */
      readonly kind: 'bar';
      readonly time: bigint;
      readonly startTime: bigint;
      readonly symbol: string;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      /** Modelled slippage of a fill in this bar, per lot and side. */
      readonly slippageMicros: number;
    };
