import type { Changes, End, StudyDetail } from './api.ts';
import { pause } from './pause.ts';
import { noAnswer } from './problem.ts';
import { type Outgoing, pauseMsOf, type Sender, type Take } from './send.ts';
import { serverSentOf } from './server-sent.ts';

export interface FollowOptions {
  readonly study: string;
  /** Only what changed after this position: a revision, or `next` of an event; '0' for everything. Default: from now on. */
  readonly since?: string;
  /** True: trials come with their parameters. Default false. */
  readonly params?: boolean;
  readonly signal?: AbortSignal;
}

/** A page of changes, or that the study has ended, after which nothing follows. */
export type StudyEvent = ({ readonly kind: 'changes' } & Changes) | ({ readonly kind: 'end' } & End);

/** The server sends a comment every 15 seconds. */
const silentMs = 45_000;

/** Follows a study and connects again by itself, from the last event that arrived. */
export async function* follow({ send, retries }: Sender, { study, since, params, signal }: FollowOptions): AsyncGenerator<StudyEvent> {
  const path = `/v1/studies/${encodeURIComponent(study)}`;
  const ask = <Result>(address: string, take: Take<Result>, headers: Outgoing['headers'] = {}): Promise<Result> =>
    send({ method: 'GET', address, headers, signal, repeatable: true }, take);
  // Known before the first connection, which may be lost before its first event.
  const query = new URLSearchParams({
    since: since ?? String((await ask(path, (response) => response.json() as Promise<StudyDetail>)).revision),
  });
  if (params === true) query.set('params', 'true');
  let last: string | null = null;
  let failures = 0;
  for (;;) {
    const response: Response = await ask(`${path}/events?${query.toString()}`, (begun) => begun, {
      accept: 'text/event-stream',
      ...(last !== null && { 'last-event-id': last }),
    });
    // The event that arrived last was the end.
    if (response.status === 204 || response.body === null) return;
    try {
      for await (const { event, data, id } of serverSentOf(response.body as ReadableStream<Uint8Array>, silentMs)) {
        failures = 0;
        if (id !== '') last = id;
        if (event === 'changes') yield { kind: 'changes', ...(JSON.parse(data) as Changes) };
        if (event === 'end') {
          yield { kind: 'end', ...(JSON.parse(data) as End) };
          return;
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (failures >= retries) throw noAnswer('the stream of events', error);
    }
    signal?.throwIfAborted();
    await pause(pauseMsOf(failures++), signal);
  }
}
