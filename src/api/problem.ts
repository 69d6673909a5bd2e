import { STATUS_CODES } from 'node:http';
import { isAbsolute } from 'node:path';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AssayError, type ErrorCode } from '../core/errors.ts';
import { databaseFault } from '../storage/database-fault.ts';

/** An error as RFC 9457 has it, with the code and hint of the command line. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().openapi({ description: 'The requested path' }),
    code: z.string().openapi({ description: 'What went wrong, in a word scripts can match', example: 'not_found' }),
    hint: z.string().openapi({ description: 'What to do about it' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .readonly()
      .openapi({ description: 'Each part of the request that does not fit' }),
  })
  .openapi('Problem');

const problemType = 'application/problem+json';

type ProblemDocument = z.infer<typeof problemSchema>;

/** Error codes, including those that only a server needs. */
type ProblemCode = ErrorCode | 'unauthorized' | 'misdirected' | 'method_not_allowed' | 'cross_site' | 'too_many_requests';

export interface Problem {
  readonly status: ContentfulStatusCode;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly errors?: ProblemDocument['errors'];
}

const statusOf: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  usage: 400,
  params_invalid: 400,
  not_found: 404,
  conflict: 409,
  changed: 412,
  space_changed: 409,
  source_changed: 409,
  gate_refused: 409,
  lease_lost: 409,
  forbidden: 403,
  database_unavailable: 503,
  disk_full: 503,
  unavailable: 503,
  // The stored data or the configuration is wrong, not the request.
  study_invalid: 500,
  space_invalid: 500,
  data_invalid: 500,
  config_invalid: 500,
  shape_invalid: 500,
  port_in_use: 500,
  trial_failed: 500,
  trainer_died: 500,
  trainer_silent: 500,
  trainer_invalid: 500,
  look_ahead: 500,
  not_finite: 500,
  ledger_broken: 500,
  internal: 500,
};

/** Maps an error to what the client may see: of an unexpected error neither stack nor message. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof HTTPException) return { status: thrown.status as ContentfulStatusCode, code: 'usage', detail: thrown.message };
  const error = thrown instanceof AssayError ? thrown : databaseFault(thrown);
  if (error === undefined)
    return {
      status: 500,
      code: 'internal',
      detail: 'something went wrong here',
      hint: 'the error output of the server has the cause',
    };
  const status = statusOf[error.code];
  return {
    status,
    code: error.code,
    detail: error.message,
    hint: error.hint,
    errors: status < 500 && error.place !== undefined && isField(error.place) ? [{ field: error.place, message: error.message }] : [],
  };
}

/** The place of an error about the request is its field; elsewhere it may be a file of this machine or an object of its store. */
function isField(place: string): boolean {
  return !isAbsolute(place) && !place.includes('://');
}

/** The problem of a request whose target and Host form no URL. */
export const unreadableProblem: Problem = {
  status: 400,
  code: 'usage',
  detail: 'the Host and the path of this request form no URL',
  hint: 'send the name and port of this server as Host, and a path that begins with a slash',
};

export function answerProblem(c: Context, problem: Problem): Response {
  return c.body(documentOf(c.req.path, problem), problem.status, { 'content-type': problemType });
}

/** As {@link answerProblem}, outside of an app. */
export function problemResponse(path: string, problem: Problem): Response {
  return new Response(documentOf(path, problem), { status: problem.status, headers: { 'content-type': problemType } });
}

function documentOf(path: string, { status, code, detail, hint, errors = [] }: Problem): string {
  const document: ProblemDocument = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: path,
    code,
    hint: hint ?? 'GET /openapi.json lists the paths and their parameters',
    errors,
  };
  return JSON.stringify(document);
}

/** Maps a schema failure: an impossible path is not found, an invalid query or body is refused. */
export function refuseInvalid(c: Context, target: string, { issues }: z.ZodError): Response {
  const errors = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((field) => ({ field, message: 'there is no such parameter here' }));
    return [{ field: String(issue.path[0] ?? target), message: issue.message }];
  });
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return answerProblem(
    c,
    target === 'param' ? { status: 404, code: 'not_found', detail, errors } : { status: 400, code: 'usage', detail, errors },
  );
}

const content = { [problemType]: { schema: problemSchema } } as const;

/** Error responses of every route except the health probes, which need no token. */
export const anyProblemResponses = {
  400: { description: 'The request is invalid; `errors` names the fields', content },
  401: { description: 'The token is missing or wrong', content },
  429: {
    description: 'The token is wrong, as five of this address within a minute before it; `Retry-After` says when the minute is over',
    content,
  },
  421: { description: 'The request was addressed to another server: without a token only names of this machine are answered', content },
  500: { description: 'A mistake of the server, or what is stored cannot be used', content },
  503: { description: 'The database cannot be reached, or the server takes no more streams', content },
} as const;

/** Of a read that the state of what is asked about forbids, such as a comparison of what was judged on different days. */
export const conflictResponse = {
  409: { description: 'What is asked about does not allow it; `hint` says what to run', content },
} as const;

/** Additional error responses of routes that change state. */
export const controlProblemResponses = {
  403: { description: 'Another web site sent the request, or the role of the database may not carry it out', content },
  409: { description: 'The state of the study, trial or model forbids it', content },
  412: { description: 'What it is about has changed since the ETag in If-Match', content },
  413: { description: 'The body is larger than a megabyte', content },
  415: { description: 'The body is not JSON', content },
} as const;

/** The error responses that every route below `/v1` documents. */
export const problemResponses = {
  ...anyProblemResponses,
  404: { description: 'Not found; `hint` names similar ones', content },
} as const;
