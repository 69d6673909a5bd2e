/** Prices of an interval's trades. */
export interface TradeBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export class TradeBarBuilder {
  #open = Number.NaN;
  #high = Number.NEGATIVE_INFINITY;
  #low = Number.POSITIVE_INFINITY;
  #close = Number.NaN;

  add(price: number): void {
    if (Number.isNaN(this.#open)) this.#open = price;
    if (price > this.#high) this.#high = price;
    if (price < this.#low) this.#low = price;
    this.#close = price;
  }

  /** The bar so far (null: no trade); the next trade begins another. */
  take(): TradeBar | null {
    if (Number.isNaN(this.#open)) return null;
    const bar = { open: this.#open, high: this.#high, low: this.#low, close: this.#close };
    this.#open = Number.NaN;
    this.#high = Number.NEGATIVE_INFINITY;
    this.#low = Number.POSITIVE_INFINITY;
    return bar;
  }
}
