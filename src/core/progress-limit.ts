/** A request that is given up where nothing moves, or where it takes too long on the whole. */
export interface ProgressLimit {
  /** Aborted, with a {@link NoProgress} as the reason. */
  readonly signal: AbortSignal;
  /** A byte went out or came in. */
  readonly moved: () => void;
  /** It may take so long, from its start. */
  readonly allow: (totalMs: number) => void;
  /** It is over. */
  readonly end: () => void;
}

export interface ProgressLimits {
  /** Without a byte in either direction. */
  readonly silentMs: number;
  readonly totalMs: number;
}

/** Why a request was given up. */
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

/** The same pieces, each of which is progress: it is asked for when the one before is on its way. */
export async function* counted<Piece>(pieces: AsyncIterable<Piece>, { moved }: Pick<ProgressLimit, 'moved'>): AsyncIterable<Piece> {
  for await (const piece of pieces) {
    moved();
    yield piece;
  }
  moved();
}
