import { type Answers, operations, type Requests } from './api.ts';
import { type FollowOptions, follow, type StudyEvent } from './follow.ts';
import { type ClientOptions, createSender, type Outgoing, type Sender } from './send.ts';

export type OperationName = keyof typeof operations;

export interface CallOptions {
  /** Carried out only while what it is about is as it was when the answer with this tag came: see {@link tagOf}. Else the server answers 412. */
  readonly ifMatch?: string | undefined;
  /** Names this order, so that a repetition finds what the first one did: 8 to 200 characters. Default: a new one for each call. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** What is called for an operation; one that needs nothing may be called without a request. */
export type Call<Name extends OperationName> =
  Readonly<Record<never, never>> extends Requests[Name]
    ? (request?: Requests[Name], options?: CallOptions) => Promise<Answers[Name]>
    : (request: Requests[Name], options?: CallOptions) => Promise<Answers[Name]>;

/** Every operation of the API by its name, and the stream of a study's events. */
export type Client = { readonly [Name in OperationName]: Call<Name> } & {
  /**
   * Follows a study until it ends. Connects again by itself and leaves no change out.
   * @throws ApiProblem `no_answer` where the server stays away; the signal's reason
   */
  readonly follow: (options: FollowOptions) => AsyncGenerator<StudyEvent>;
};

const tags = new WeakMap<object, string>();

/** The ETag that an answer came with, for `ifMatch` (undefined: it had none). */
export function tagOf(answer: object): string | undefined {
  return tags.get(answer);
}

/**
 * Makes a client of a server that `assay serve` started. It needs `fetch` and nothing else: Node 20 or later, or a browser.
 *
 * Each call throws an `ApiProblem` for every answer that is no success, and where none comes. Reads, and orders that the server knows by a key,
 * are sent again after a lost answer.
 *
 * @example
 * ```ts
 * import { createClient, tagOf } from 'assay/client';
 *
 * const client = createClient({ url: 'http://127.0.0.1:4000' });
 * const study = await client.showStudy({ study: 'nvda-msft' });
 * if (study.counts.failed > 10) await client.pauseStudy({ study: study.name }, { ifMatch: tagOf(study) });
 * for await (const event of client.follow({ study: study.name })) if (event.kind === 'changes') console.log(event.study.best);
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const sender = createSender(options);
  const calls = Object.keys(operations).map((name) => [name, callOf(sender, name as OperationName)] as const);
  return { ...Object.fromEntries(calls), follow: (how: FollowOptions) => follow(sender, how) } as Client;
}

interface OperationFacts {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly keyed?: true;
  readonly as?: 'text' | 'bytes';
}

function callOf({ send }: Sender, name: OperationName) {
  const { method, path, keyed, as }: OperationFacts = operations[name];
  return async (
    request: Readonly<Record<string, unknown>> = {},
    { ifMatch, idempotencyKey, signal }: CallOptions = {},
  ): Promise<unknown> => {
    const { body, ...given } = request;
    const outgoing: Outgoing = {
      method,
      address: addressOf(path, given as Readonly<Record<string, Part | undefined>>),
      headers: {
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(keyed === true && { 'idempotency-key': idempotencyKey ?? newKey() }),
      },
      ...(body !== undefined && { body }),
      signal,
      repeatable: method === 'GET' || keyed === true,
    };
    return send(outgoing, async (response): Promise<unknown> => {
      if (as === 'text') return response.text();
      if (as === 'bytes') return new Uint8Array(await response.arrayBuffer());
      const answer: unknown = await response.json();
      const tag = response.headers.get('etag');
      if (tag !== null && typeof answer === 'object' && answer !== null) tags.set(answer, tag);
      return answer;
    });
  };
}

/** A part of a path or of a query. */
type Part = string | number | boolean | readonly (string | number)[];

/** Fills the parts of a path; what is not part of it is the query, lists joined by commas. */
function addressOf(path: string, given: Readonly<Record<string, Part | undefined>>): string {
  const left = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const value = left.get(part);
    left.delete(part);
    if (value === undefined || value === '') throw new TypeError(`${path} needs ${part}`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of left) query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that came over plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
