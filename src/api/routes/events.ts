import { setMaxListeners } from 'node:events';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { type ChangesPage, changesSince, positionPattern } from '../../storage/readers/changes-since.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { endOf, followStudy } from '../../storage/readers/follow-study.ts';
import { createStudyFeed } from '../../storage/readers/study-feed.ts';
import { sessionBehind } from '../access.ts';
import { answerProblem, problemResponses } from '../problem.ts';
import type { RouteContext } from '../route-context.ts';
import { perhaps, studyPath } from '../schemas.ts';
import { studySchema } from './studies.ts';
import { trialSchema } from './trials.ts';

/** Not an extension: the document would call the parameters required, as those of a trial are. */
const changedTrialSchema = z
  .object({
    ...trialSchema.shape,
    params: perhaps(trialSchema.shape.params),
  })
  .openapi('ChangedTrial');

/** Of an event `changes`. */
export const changesSchema = z
  .object({
    next: z.string().openapi({ description: 'The id of the event', example: '57' }),
    more: z.boolean().openapi({ description: 'Whether the next event follows at once: changes are behind this one already' }),
    study: studySchema,
    trials: z
      .array(changedTrialSchema)
      .readonly()
      .openapi({ description: 'The changed trials, each as it is now, the newest change last' }),
  })
  .openapi('Changes');

/** Of the event `end`. */
export const endSchema = z.object({ state: z.enum(['complete', 'stopped', 'removed']) });

const positionSchema = z.string().regex(positionPattern, 'a revision such as 57, or the id of an event').openapi({ example: '57' });

const events = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/events',
  operationId: 'followStudy',
  summary: 'What happens to a study and its trials, as server-sent events, until it ends',
  request: {
    params: studyPath,
    query: z.strictObject({
      since: positionSchema.optional().openapi({ description: 'Only what changed after this revision; 0 for everything. Default: now' }),
      params: z
        .stringbool({ truthy: ['true'], falsy: ['false'] })
        .default(false)
        .openapi({
          type: 'boolean',
          default: false,
          description: 'Whether trials come with their parameters',
        }),
    }),
    headers: z.object({
      'last-event-id': positionSchema.optional().openapi({ description: 'The id of the last event that arrived; goes before `since`' }),
    }),
  },
  responses: {
    200: {
      description:
        'An event `changes` for every page of at most 200 changed trials, at most four a second unless older changes wait; its id is the revision that it reaches (`57`; ' +
        '`57.12` inside a revision that changed more trials than that), and its data is described here. The last event is `end`, whose data is an ' +
        '`End`: nothing more follows. A stream that closes without it can be requested again with ' +
        '`Last-Event-ID`. A stream that a cookie opened closes with the session. A server sends a limited number of streams (503 with `Retry-After` beyond); all of one study are fed by one query. A comment each 15 seconds shows that the server is there. Reports change no revision: the last report of a running trial is as of its last change.',
      content: { 'text/event-stream': { schema: changesSchema } },
    },
    204: { description: 'The study has ended, and the event of this Last-Event-ID was the last: do not ask again' },
    ...problemResponses,
  },
});

const pingMs = 15_000;
/** How long a client waits before it reconnects, by default. */
const retryMs = 1000;

/** Seconds after which a refused client may ask again. */
const retryAfterS = 5;

export function addEvents(app: OpenAPIHono, { db, changes, closing, onFault, mostStreams, sessions }: RouteContext): void {
  app.openAPIRegistry.register('End', endSchema);
  // Every stream listens.
  setMaxListeners(0, closing);
  const feed = createStudyFeed(db, changes);
  let streams = 0;
  app.openapi(events, async (c) => {
    const { since: begin, params } = c.req.valid('query');
    const lastId = c.req.valid('header')['last-event-id'];
    const since = lastId ?? begin ?? null;
    const { id } = await findStudy(db, c.req.valid('param').study);
    // Refuses an impossible position while the answer can still be a problem.
    const first = await changesSince(db, id, since, { limit: 1 });
    if (lastId !== undefined && first.next === lastId && endOf(first.study) !== null) return c.body(null, 204);
    // HEAD has no body to stream.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    if (streams >= mostStreams) {
      c.header('Retry-After', String(retryAfterS));
      return answerProblem(c, {
        status: 503,
        code: 'unavailable',
        detail: `this server sends ${mostStreams} streams of events already`,
        hint: `try again in ${retryAfterS} seconds, share a stream, or start the server with a larger --max-streams`,
      }) as never;
    }

    streams += 1;
    const session = sessionBehind(c, sessions);
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    const pages = followStudy(db, id, { since, params, changes, feed, signal: gone.signal, onAway: onFault });
    // nginx would buffer events.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      stream.onAbort(leave);
      const ends = [closing, ...(session === null ? [] : [session.ended])];
      for (const end of ends) end.addEventListener('abort', leave);
      if (ends.some(({ aborted }) => aborted)) leave();
      const ping = setInterval(() => {
        if (session !== null && session.endsMs <= Date.now()) leave();
        else void stream.write(': ping\n\n');
      }, pingMs);
      try {
        await stream.write(`retry: ${retryMs}\n\n`);
        let id = since ?? '';
        for (;;) {
          const { value, done } = await pages.next();
          if (done === true) {
            if (value !== 'aborted') await stream.writeSSE({ event: 'end', id, data: JSON.stringify({ state: value }) });
            return;
          }
          id = value.next;
          await stream.writeSSE({ event: 'changes', id, data: JSON.stringify(value satisfies ChangesPage) });
        }
      } catch (error) {
        // The headers are sent: the stream ends, and the next request gets the problem.
        onFault(error);
      } finally {
        streams -= 1;
        clearInterval(ping);
        for (const end of ends) end.removeEventListener('abort', leave);
      }
    });
  });
}
