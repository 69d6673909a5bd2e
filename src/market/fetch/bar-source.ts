/** A range of bars of one symbol. */
export interface BarRequest {
  readonly symbol: string;
  /** 1, 5, 15, 30 or 60. */
  readonly barMinutes: number;
  /** Epoch milliseconds of the first bar's start, and of the end: no bar starts then or later. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FetchedBar {
  /** Epoch milliseconds of its start. */
  readonly ms: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface BarPage {
  readonly bars: readonly FetchedBar[];
  /** Path or URL of the next page (null: this is the last). */
  readonly next: string | null;
}

/** A service that gives bars in pages of JSON. */
export interface BarSource {
  readonly origin: string;
  /** Environment variables of its keys. */
  readonly keyNames: readonly string[];
  readonly headers: (keys: readonly string[]) => Readonly<Record<string, string>>;
  /** Path of the first page. */
  readonly first: (request: BarRequest) => string;
  /** @throws ZodError for a page of another form */
  readonly parse: (page: unknown, request: BarRequest, path: string) => BarPage;
}
