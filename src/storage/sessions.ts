import { AsyncResource } from 'node:async_hooks';
import pg from 'pg';
import { deadline } from '../core/deadline.ts';
import { answerLimitMs, noAnswer, usualAnswerMs } from './answer-limit.ts';

/**
 * Every session with a database is created here, so that none waits forever for a database that accepts and does not answer:
 *
 * - opening a session is limited to {@link usualConnectMs};
 * - a statement that is not answered within the caller's limit closes the whole session and destroys its socket. Failing the query alone,
 *   as the driver's `query_timeout` does, would leave a session in the pool that never answers again;
 * - the kernel probes a silent peer (`keepAlive`), and the server does the same;
 * - the server ends a transaction whose client is silent, and a statement whose client is gone, so that neither keeps its locks;
 * - closing a session is limited, too.
 */

/** Limit for opening a session and for waiting for a free one of the pool. */
const usualConnectMs = 10_000;

/** Silence after which a peer is probed; ten missing replies, one a second, end the session. */
const keepAliveAfterMs = 10_000;

/** Limit for closing a session; then its socket is destroyed. */
const farewellMs = 2000;

/**
 * Settings of the server, sent with a session's first statement and not in the startup message, where poolers refuse unknown ones. A
 * transaction that idles for 60 s belongs to a process that hangs or is unreachable, while others wait for its locks.
 */
const serverSettings = [
  `set idle_in_transaction_session_timeout = '60s'; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3`,
  // Each in its own statement: servers of another system or an older version do not know them.
  `set tcp_user_timeout = '60s'`,
  `set client_connection_check_interval = '10s'`,
] as const;

export interface SessionConfig extends pg.PoolConfig {
  /** How long its sessions wait for an answer if the caller has no limit of its own. */
  readonly answerMs?: number | undefined;
  /** Behind a pooler in transaction mode: no session keeps plans or settings between statements. */
  readonly isPooled?: boolean | undefined;
}

/** A pool whose sessions are closed when they stay silent. `cutOff` destroys all of them. */
export class SessionPool extends pg.Pool {
  readonly #sessions = new Set<Session>();

  /** Sessions whose connection is not open yet: the pool cannot end before they have failed. */
  readonly #opening: ReadonlySet<Session>;

  constructor(config: SessionConfig) {
    const opening = new Set<Session>();
    const Kind = config.isPooled === true ? UnnamedSession : Session;
    super({
      connectionTimeoutMillis: usualConnectMs,
      pipeline: true,
      ...config,
      Client: class extends Kind {
        constructor(settings?: SessionConfig) {
          super(settings);
          opening.add(this);
          this.onceClosed(() => opening.delete(this));
        }
      },
    });
    this.#opening = opening;
    // An idle session that the server drops reports here, and would end the process without a listener. The pool has removed it; the next
    // query opens another or fails with the reason.
    this.on('error', () => undefined);
    this.on('connect', (client) => {
      const session = client as unknown as Session;
      opening.delete(session);
      // The same for a session that a transaction uses: its query fails with the reason and handles it.
      session.on('error', () => undefined);
      session.onSilence = (waitedMs) => this.#suspect(waitedMs);
      this.#sessions.add(session);
      if (config.isPooled !== true) session.applyServerSettings();
    });
    this.on('remove', (client) => this.#sessions.delete(client as unknown as Session));
  }

  /** A waiting caller is called back in the context of the caller that returned the session, whose limit it would have. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void;
  override connect(callback?: unknown): unknown {
    if (typeof callback !== 'function') return super.connect();
    return super.connect(AsyncResource.bind(callback as () => void));
  }

  cutOff(): void {
    for (const session of [...this.#opening, ...this.#sessions]) session.cutOff(noAnswer(session.waitedMs()));
  }

  /** If one session is silent, closes those that have waited as long, and idle ones. */
  #suspect(waitedMs: number): void {
    for (const session of this.#sessions) {
      if (!session.isPatient() && (session.isIdle() || session.waitedMs() >= waitedMs)) session.cutOff(noAnswer(waitedMs));
    }
  }
}

/** One session outside of any pool. The caller connects and ends it. */
export function createSession(config: Omit<SessionConfig, 'isPooled'>): Session {
  const session = new Session({ connectionTimeoutMillis: usualConnectMs, ...config });
  // A server that dies while the session is idle reports here; the next query gets the error.
  session.on('error', () => undefined);
  return session;
}

interface Expected {
  readonly askedAtMs: number;
  readonly limitMs: number;
}

type Query = (statement: unknown, ...rest: unknown[]) => Promise<unknown> | undefined;

export class Session extends pg.Client {
  onSilence: (waitedMs: number) => void = () => undefined;
  /** Statements not answered yet, oldest first. */
  readonly #expected = new Set<Expected>();
  readonly #usualMs: number;
  /** When the session began to open (null once it is open). */
  #openingSinceMs: number | null = performance.now();

  constructor(config: SessionConfig = {}) {
    super({ keepAlive: true, keepAliveInitialDelayMillis: keepAliveAfterMs, ...config });
    this.#usualMs = config.answerMs ?? usualAnswerMs;
    this.once('connect', () => {
      this.#openingSinceMs = null;
    });
    const query = this.query.bind(this) as Query;
    this.query = ((statement: unknown, ...rest: unknown[]) => this.#expecting(query, statement, rest)) as pg.Client['query'];
    const end = this.end.bind(this) as (callback?: () => void) => Promise<void> | undefined;
    this.end = ((callback?: () => void) => {
      const stream = this.#stream;
      const timer = setTimeout(() => stream.destroy(), farewellMs);
      timer.unref();
      stream.once('close', () => clearTimeout(timer));
      return end(callback);
    }) as pg.Client['end'];
  }

  applyServerSettings(): void {
    // Unix sockets ignore all but the first.
    for (const settings of serverSettings) void (this.query(settings) as Promise<unknown>).catch(() => undefined);
  }

  isIdle(): boolean {
    return this.#expected.size === 0;
  }

  /** True if it waits for a statement that may take long. */
  isPatient(): boolean {
    return [...this.#expected].some(({ limitMs }) => limitMs > usualAnswerMs);
  }

  /** Milliseconds since it began to open, if it is not open yet, or since the oldest unanswered statement was sent. */
  waitedMs(): number {
    const [oldest] = this.#expected;
    const sinceMs = this.#openingSinceMs ?? oldest?.askedAtMs;
    return sinceMs === undefined ? 0 : performance.now() - sinceMs;
  }

  /** Destroys the socket: all pending statements fail with the error, and the pool removes the session. */
  cutOff(error: Error): void {
    this.#stream.destroy(error);
  }

  /** Calls the listener when the socket is closed, also one that was never connected. */
  onceClosed(listener: () => void): void {
    this.#stream.once('close', listener);
  }

  get #stream(): { readonly destroy: (error?: Error) => void; readonly once: (event: 'close', listener: () => void) => void } {
    return (this as unknown as { connection: { stream: never } }).connection.stream;
  }

  #expecting(query: Query, statement: unknown, rest: unknown[]): Promise<unknown> | undefined {
    const answered = this.#expect(answerLimitMs() ?? this.#usualMs);
    const last = rest.at(-1);
    try {
      if (typeof last === 'function') {
        const callback = (...answer: unknown[]): void => {
          answered();
          last(...answer);
        };
        return query(statement, ...rest.slice(0, -1), callback);
      }
      const answer = query(statement, ...rest);
      answer?.then(answered, answered);
      return answer;
    } catch (error) {
      answered();
      throw error;
    }
  }

  #expect(limitMs: number): () => void {
    const expected: Expected = { askedAtMs: performance.now(), limitMs };
    this.#expected.add(expected);
    const callOff = deadline(limitMs, () => {
      this.cutOff(noAnswer(limitMs));
      this.onSilence(limitMs);
    });
    return () => {
      this.#expected.delete(expected);
      callOff();
    };
  }
}

/**
 * Removes names of prepared statements: behind a pooler in transaction mode each statement may run in another session, which does not know
 * the plan.
 */
class UnnamedSession extends Session {
  constructor(config?: SessionConfig) {
    super(config);
    const query = this.query.bind(this) as Query;
    this.query = ((statement: unknown, ...rest: unknown[]) => query(withoutName(statement), ...rest)) as pg.Client['query'];
  }
}

function withoutName(statement: unknown): unknown {
  return typeof statement === 'object' && statement !== null && 'name' in statement ? { ...statement, name: undefined } : statement;
}
