/** What a vendor's stream says, in the form of all of them. Times are nanoseconds since the epoch. */
export type StreamNews =
  | {
      readonly kind: 'bar';
      readonly symbol: string;
      /** Start of its minute. */
      readonly time: bigint;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      readonly volume: number;
    }
  | {
      readonly kind: 'quote';
      readonly symbol: string;
      readonly time: bigint;
      /** Null: nothing is displayed on that side. */
      readonly bid: { readonly price: number; readonly size: number } | null;
      readonly ask: { readonly price: number; readonly size: number } | null;
    }
  | { readonly kind: 'status'; readonly symbol: string; readonly time: bigint; readonly isTrading: boolean }
  /** The connection stands: authenticate; it is authenticated: subscribe; it is subscribed. */
  | { readonly kind: 'connected' | 'authenticated' | 'subscribed' }
  | { readonly kind: 'refused'; readonly text: string; readonly next: 'stop' | 'pause' | 'reconnect' | 'goOn' };

export interface StreamWish {
  readonly symbols: readonly string[];
  readonly bars: boolean;
  readonly quotes: boolean;
}

/** How one vendor's stream of US equities is spoken. */
export interface Dialect {
  readonly id: 'alpaca' | 'polygon';
  /** Name of the data set that its recordings get. */
  readonly dataset: string;
  readonly authenticate: (keyId: string, secretKey: string) => object;
  readonly subscribe: (wish: StreamWish) => object;
  /** What one message says; null: nothing that is needed. @throws Error, or ZodError, for a message of another form. */
  readonly read: (message: unknown) => StreamNews | null;
}

/** Displayed, or null where the vendor says 0. */
export function displayed(price: number, size: number): { readonly price: number; readonly size: number } | null {
  return price > 0 && size > 0 ? { price, size: Math.min(size, 2 ** 32 - 1) } : null;
}
