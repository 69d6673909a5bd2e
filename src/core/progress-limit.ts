/** Aborts a request that makes no progress, or that takes too long in total. */
export interface ProgressLimit {
  /** Aborted, with a {@link NoProgress} as the reason. */
  readonly signal: AbortSignal;
  /** Records progress: a byte was sent or received. */
  readonly moved: () => void;
  /** Sets the time allowed in total, from the start of the request. */
  readonly allow: (totalMs: number) => void;
  /** Ends both limits: the request is done. */
  readonly end: () => void;
}

export interface ProgressLimits {
  /** Longest time without a byte in either direction. */
  readonly silentMs: number;
  readonly totalMs: number;
}

/** Reason of an aborted request. */
export class NoProgress extends Error {
  override readonly name = 'NoProgress';
}

export function limitProgress({ silentMs, totalMs }: ProgressLimits): ProgressLimit {
  const startedAtMs = performance.now();
  const giveUp = new AbortController();
  const abort = (because: string): void => giveUp.abort(new NoProgress(because));
  let silence: NodeJS.Timeout | undefined;
  let total: NodeJS.Timeout | undefined;
  const moved = (): void => {
    clearTimeout(silence);
    silence = setTimeout(abort, silentMs, `no byte came or went for ${silentMs / 1000} s`);
  };
  const allow = (ms: number): void => {
    clearTimeout(total);
    total = setTimeout(abort, startedAtMs + ms - performance.now(), `not done within ${Math.round(ms / 1000)} s`);
  };
  moved();
  allow(totalMs);
  return {
    signal: giveUp.signal,
    moved,
    allow,
    end: () => {
      clearTimeout(silence);
      clearTimeout(total);
    },
  };
}

/** Yields the pieces and records progress at each: a piece is requested when the one before has been sent. */
export async function* counted<Piece>(pieces: AsyncIterable<Piece>, { moved }: Pick<ProgressLimit, 'moved'>): AsyncIterable<Piece> {
  for await (const piece of pieces) {
    moved();
    yield piece;
  }
  moved();
}
