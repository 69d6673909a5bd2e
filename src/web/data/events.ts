import type { z } from '@hono/zod-openapi';
import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { changesSchema } from '../../api/routes/events.ts';
import { request } from './api.ts';
import { client } from './query.ts';
import { gotAnswer, stream } from './server.ts';

/** An event `changes` of a study's stream. */
export type Changes = z.output<typeof changesSchema>;

type Said =
  | { readonly kind: 'changes'; readonly changes: Changes }
  | { readonly kind: 'end' }
  | { readonly kind: 'state'; readonly live: boolean }
  /** The study has changed after its end. */
  | { readonly kind: 'changed' }
  /** A tab that has just come asks how the stream stands. */
  | { readonly kind: 'asked' };

/** Charts and lists that changed are asked again no sooner. */
const staleMs = 2000;
/** A server that sends no more streams, or asks for its token, is asked again after this. */
const reopenMs = 5000;

interface Following {
  /** Tells of a revision of the study that was read: one that is newer than the end of the stream opens it again. */
  readonly read: (revision: number) => void;
  readonly leave: () => void;
}

/**
 * Follows a study until it is left. Of all tabs that show it one holds the stream (a web lock tells which) and passes the events on: browsers
 * allow six connections to a host. Without locks, which plain HTTP from another machine lacks, each tab has its own.
 */
function follow(study: string, since: number, hear: (changes: Changes) => void): Following {
  const name = `assay-events-${study}`;
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  let position = String(since);
  let source: EventSource | null = null;
  let leads = false;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (said: Said): void => {
    switch (said.kind) {
      case 'changes':
        ended = false;
        position = said.changes.next;
        stream.value = said.changes.more ? 'behind' : 'live';
        gotAnswer();
        hear(said.changes);
        break;
      case 'state':
        ended = false;
        stream.value = said.live ? 'live' : 'behind';
        // Whether the server is away, or only ended the stream, another request tells.
        if (!said.live) request('/healthz').catch(() => undefined);
        break;
      case 'end':
        ended = true;
        stream.value = 'ended';
        break;
      case 'changed':
        if (leads && ended) open();
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
    ended = false;
    source = new EventSource(`/v1/studies/${encodeURIComponent(study)}/events?since=${encodeURIComponent(position)}`);
    source.addEventListener('open', () => {
      gotAnswer();
      tell({ kind: 'state', live: true });
    });
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
    leads = true;
    if (!ended) open();
    return new Promise((resolve) => leaving.signal.addEventListener('abort', () => resolve()));
  };

  channel.onmessage = ({ data }: MessageEvent<Said>) => take(data);
  stream.value = 'behind';
  channel.postMessage({ kind: 'asked' } satisfies Said);
  if (navigator.locks === undefined) void lead();
  // Rejects when the tab leaves before it was its turn.
  else navigator.locks.request(name, { signal: leaving.signal }, lead).catch(() => undefined);

  return {
    read: (revision) => {
      if (ended && revision > Number.parseInt(position, 10)) tell({ kind: 'changed' });
    },
    leave: () => {
      leaving.abort();
      clearTimeout(timer);
      source?.close();
      channel.close();
      stream.value = 'none';
    },
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
 * Keeps a study's answers fresh while one of its pages is open: the study itself at once, everything else soon. Used once in a tab.
 * @param revision the newest that the page has read; null: none yet
 */
export function useStudyEvents(study: string, revision: number | null): void {
  const known = revision !== null;
  const following = useRef<Following | null>(null);
  useEffect(() => {
    if (!known) return undefined;
    const stale = staleness(study);
    // From here on the stream itself tells of later revisions.
    following.current = follow(study, revision, (changes) => {
      client.setQueriesData<object>({ queryKey: ['/v1/studies/{}', study] }, (last) =>
        last === undefined ? undefined : { ...last, ...changes.study },
      );
      stale.mark();
      heard.value = { study, changes };
    });
    return () => {
      following.current?.leave();
      following.current = null;
      stale.stop();
    };
  }, [study, known]);
  useEffect(() => {
    if (revision !== null) following.current?.read(revision);
  }, [revision]);
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
