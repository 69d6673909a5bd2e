import { type ReadonlySignal, signal } from '@preact/signals';
import { QueryClient, QueryObserver, type QueryObserverResult } from '@tanstack/query-core';
import { useEffect, useMemo } from 'preact/hooks';
import { type Answers, addressOf, type Query, read } from './api.ts';
import { Problem } from './problem.ts';

/** Repeats what a later try may answer: no answer, and faults of the server. */
const mayRepeat = (count: number, error: Error): boolean =>
  count < 3 && error instanceof Problem && (error.status === 0 || error.status >= 500);

/** What did not answer because the server or its database is away is asked again after this, until it answers. */
export const awayMs = 5000;

export const client = new QueryClient({
  defaultOptions: { queries: { retry: mayRepeat, staleTime: 1000, gcTime: 300_000, refetchOnWindowFocus: true, networkMode: 'always' } },
});

export interface Asked<Path extends keyof Answers> {
  readonly path: Path;
  readonly parts?: readonly (string | number)[] | undefined;
  readonly query?: Query | undefined;
  /** Asks again this often while the page is visible. */
  readonly everyMs?: number | undefined;
  /** False: not yet. */
  readonly enabled?: boolean | undefined;
}

/** The key under which an answer is kept: the study's name comes second, so that events of a study mark all of its answers stale. */
export function keyOf({ path, parts = [], query = {} }: Pick<Asked<keyof Answers>, 'path' | 'parts' | 'query'>): readonly unknown[] {
  return [path, ...parts, query];
}

/**
 * An answer of the API as a signal, kept over pages, asked again when it is stale. While another query of the same thing loads (a filter, a page),
 * the last answer stays; an answer about another thing (other `parts`) is never shown in its place.
 */
export function useAnswer<Path extends keyof Answers>(asked: Asked<Path>): ReadonlySignal<QueryObserverResult<Answers[Path], Problem>> {
  const { path, parts, query, everyMs, enabled = true } = asked;
  const options = {
    queryKey: keyOf(asked),
    queryFn: ({ signal: aborted }: { signal: AbortSignal }) => read(path, parts, query, aborted),
    refetchInterval: ({ state: { error } }: { readonly state: { readonly error: Problem | null } }) =>
      error?.isAway === true ? awayMs : (everyMs ?? false),
    enabled,
    placeholderData: (last: Answers[Path] | undefined) => last,
  };
  const { observer, result } = useMemo(() => {
    const made = new QueryObserver<Answers[Path], Problem>(client, options as never);
    return { observer: made, result: signal(made.getCurrentResult()) };
  }, [addressOf(path, parts)]);
  useEffect(() => {
    observer.setOptions(options as never);
  });
  useEffect(() => {
    const leave = observer.subscribe((next) => (result.value = next));
    // Nobody was told of an answer that came between the drawing and this.
    result.value = observer.getCurrentResult();
    return leave;
  }, [observer, result]);
  return result;
}
