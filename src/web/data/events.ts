import type { z } from '@hono/zod-openapi';
import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { changesSchema } from '../../api/routes/events.ts';
import { client } from './query.ts';
import { stream } from './server.ts';

/** An event `changes` of a study's stream. */
export type Changes = z.output<typeof changesSchema>;

type Said =
  | { readonly kind: 'changes'; readonly changes: Changes }
  | { readonly kind: 'end' }
  | { readonly kind: 'state'; readonly live: boolean }
  /** A tab that has just come asks how the stream stands. */
  | { readonly kind: 'asked' };

/** Charts and lists that changed are asked again no sooner. */
const staleMs = 2000;
/** A server that sends no more streams, or asks for its token, is asked again after this. */
const reopenMs = 5000;

/**
 * Follows a study while the returned function is not called. Of all tabs that show it one holds the stream (a web lock tells which) and passes
 * the events on: browsers allow six connections to a host. Without locks, which plain HTTP from another machine lacks, each tab has its own.
 */
function follow(study: string, since: number, hear: (changes: Changes) => void): () => void {
  const name = `assay-events-${study}`;
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  let position = String(since);
  let source: EventSource | null = null;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (said: Said): void => {
    switch (said.kind) {
      case 'changes':
        position = said.changes.next;
        stream.value = said.changes.more ? 'behind' : 'live';
        hear(said.changes);
        break;
      case 'state':
        stream.value = said.live ? 'live' : 'behind';
        break;
      case 'end':
        ended = true;
        stream.value = 'none';
        break;
      case 'asked':
        if (ended) channel.postMessage({ kind: 'end' } satisfies Said);
        else if (source !== null) channel.postMessage({ kind: 'state', live: source.readyState === EventSource.OPEN } satisfies Said);
        break;
    }
  };
  const tell = (said: Said): void => {
    take(said);
    channel.postMessage(said);
  };
  const open = (): void => {
    source = new EventSource(`/v1/studies/${encodeURIComponent(study)}/events?since=${encodeURIComponent(position)}`);
    source.addEventListener('open', () => tell({ kind: 'state', live: true }));
    source.addEventListener('changes', (event) => tell({ kind: 'changes', changes: JSON.parse(event.data as string) as Changes }));
    source.addEventListener('end', () => {
      source?.close();
      tell({ kind: 'end' });
    });
    source.addEventListener('error', () => {
      if (ended) return;
      tell({ kind: 'state', live: false });
      // What the browser gives up on (a status that is not 200) it does not open again.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, reopenMs);
      // A stream says no status: where the session has ended, this answer asks for the token.
      void client.invalidateQueries({ queryKey: ['/v1/studies/{}', study] });
    });
  };
  const lead = (): Promise<void> => {
    if (!ended) open();
    return new Promise((resolve) => leaving.signal.addEventListener('abort', () => resolve()));
  };

  channel.onmessage = ({ data }: MessageEvent<Said>) => take(data);
  stream.value = 'behind';
  channel.postMessage({ kind: 'asked' } satisfies Said);
  if (navigator.locks === undefined) void lead();
  // Rejects when the tab leaves before it was its turn.
  else navigator.locks.request(name, { signal: leaving.signal }, lead).catch(() => undefined);

  return () => {
    leaving.abort();
    clearTimeout(timer);
    source?.close();
    channel.close();
    stream.value = 'none';
  };
}

/** Marks what is kept of a study stale; what is on the page is asked again at most every two seconds, and not while nobody sees it. */
function staleness(study: string): { readonly mark: () => void; readonly stop: () => void } {
  const of = {
    predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[1] === study && queryKey[0] !== '/v1/studies/{}',
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;
  const renew = (): void => {
    timer = undefined;
    if (document.hidden) {
      waiting = true;
      return;
    }
    void client.refetchQueries({ ...of, type: 'active', stale: true });
  };
  const seen = (): void => {
    if (document.hidden || !waiting) return;
    waiting = false;
    renew();
  };
  document.addEventListener('visibilitychange', seen);
  return {
    mark: () => {
      void client.invalidateQueries({ ...of, refetchType: 'none' });
      timer ??= setTimeout(renew, staleMs);
    },
    stop: () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

const heard = signal<{ readonly study: string; readonly changes: Changes } | null>(null);

/**
 * Keeps a study's answers fresh while its page is open: the study itself at once, everything else soon.
 * @param since the revision that the page has; null: not known yet
 */
export function useStudyEvents(study: string, since: number | null): void {
  const known = since !== null;
  useEffect(() => {
    if (!known) return undefined;
    const stale = staleness(study);
    const leave = follow(study, since, (changes) => {
      client.setQueriesData<object>({ queryKey: ['/v1/studies/{}', study] }, (last) =>
        last === undefined ? undefined : { ...last, ...changes.study },
      );
      stale.mark();
      heard.value = { study, changes };
    });
    return () => {
      leave();
      stale.stop();
    };
    // A later revision is what the stream itself has told.
  }, [study, known]);
}

/** Calls `hear` for every change of a study that the page is told of. */
export function useChanges(study: string, hear: (changes: Changes) => void): void {
  useEffect(() => {
    const begun = heard.peek();
    return effect(() => {
      const { value } = heard;
      if (value !== null && value !== begun && value.study === study) hear(value.changes);
    });
  }, [study, hear]);
}
