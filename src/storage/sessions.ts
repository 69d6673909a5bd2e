import { AsyncResource } from 'node:async_hooks';
import pg from 'pg';
import { deadline } from '../core/deadline.ts';
import { answerLimitMs, noAnswer, usualAnswerMs } from './answer-limit.ts';

/**
 * Every session with a database is made here, so that none can wait for ever for one that accepts and says nothing:
 *
 * - a session that is not there within {@link usualConnectMs} is none;
 * - a statement that is not answered within the caller's limit costs the whole session, its socket destroyed. Failing the query alone, as
 *   the driver's `query_timeout` does, would leave a session in the pool that never answers again;
 * - the kernel asks a peer that is quiet whether it is there (`keepAlive`), and the server does the same;
 * - the server ends a transaction whose client says nothing, and a statement whose client is gone, so that neither keeps its locks;
 * - saying goodbye is bounded, too.
 */

/** To open a session, or to wait for a free one of the pool. */
const usualConnectMs = 10_000;

/** A quiet peer is asked after so long whether it is there; ten missing replies, one a second, are the end of the session. */
const keepAliveAfterMs = 10_000;

/** A session that does not close by itself within this is cut off. */
const farewellMs = 2000;

/**
 * The server's part, sent with a session's first statement. Not in the startup message: poolers refuse what they do not know there. An
 * idle transaction of 60 s is one whose process hangs or cannot be heard, and others wait for its locks.
 */
const serverSettings = [
  `set idle_in_transaction_session_timeout = '60s'; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3`,
  // Each alone: a server of another system, or an older one, does not know them.
  `set tcp_user_timeout = '60s'`,
  `set client_connection_check_interval = '10s'`,
] as const;

export interface SessionConfig extends pg.PoolConfig {
  /** How long the pool's sessions wait for an answer where the caller has no limit of its own. */
  readonly answerMs?: number | undefined;
  /** Behind a pooler in transaction mode: no session keeps a plan or a setting from one statement to the next. */
  readonly isPooled?: boolean | undefined;
}

/** A pool of which no session outlives its silence. `cutOff` destroys them all, whatever they wait for. */
export class SessionPool extends pg.Pool {
  readonly #sessions = new Set<Session>();

  constructor(config: SessionConfig) {
    super({
      connectionTimeoutMillis: usualConnectMs,
      pipeline: true,
      ...config,
      Client: config.isPooled === true ? UnnamedSession : Session,
    });
    // An idle session that the server drops is reported here, and would end the process if nothing listened. The pool has removed it
    // already; the next query opens another or fails with the reason.
    this.on('error', () => undefined);
    this.on('connect', (client) => {
      const session = client as unknown as Session;
      // The same for a session that is in use by a transaction: its query fails with the reason, and that is where it is dealt with.
      session.on('error', () => undefined);
      session.onSilence = (waitedMs) => this.#suspect(waitedMs);
      this.#sessions.add(session);
      if (config.isPooled !== true) session.applyServerSettings();
    });
    this.on('remove', (client) => this.#sessions.delete(client as unknown as Session));
  }

  /** A waiting caller is called back by whoever gives a session back, and would have that one's limit. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void;
  override connect(callback?: unknown): unknown {
    if (typeof callback !== 'function') return super.connect();
    return super.connect(AsyncResource.bind(callback as () => void));
  }

  cutOff(): void {
    for (const session of this.#sessions) session.cutOff(noAnswer(session.waitedMs()));
  }

  /** Where one session is silent, those that have waited as long are, and idle ones are not worth another wait. */
  #suspect(waitedMs: number): void {
    for (const session of this.#sessions) {
      if (!session.isPatient() && (session.isIdle() || session.waitedMs() >= waitedMs)) session.cutOff(noAnswer(waitedMs));
    }
  }
}

/** One session outside of any pool. The caller connects and ends it. */
export function createSession(config: Omit<SessionConfig, 'isPooled'>): Session {
  const session = new Session({ connectionTimeoutMillis: usualConnectMs, ...config });
  // A server that dies under an idle session says so here; the next query gets the error.
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
  /** Statements without an answer so far, the oldest first. */
  readonly #expected = new Set<Expected>();
  readonly #usualMs: number;

  constructor(config: SessionConfig = {}) {
    super({ keepAlive: true, keepAliveInitialDelayMillis: keepAliveAfterMs, ...config });
    this.#usualMs = config.answerMs ?? usualAnswerMs;
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
    // Ignored by a Unix socket, but for the first.
    for (const settings of serverSettings) void (this.query(settings) as Promise<unknown>).catch(() => undefined);
  }

  isIdle(): boolean {
    return this.#expected.size === 0;
  }

  /** Whether it waits for something that may rightly take long. */
  isPatient(): boolean {
    return [...this.#expected].some(({ limitMs }) => limitMs > usualAnswerMs);
  }

  /** How long the oldest statement has been without an answer. */
  waitedMs(): number {
    const [oldest] = this.#expected;
    return oldest === undefined ? 0 : performance.now() - oldest.askedAtMs;
  }

  /** Destroys the socket: all that is waited for fails with the error, and the pool gives the session up. */
  cutOff(error: Error): void {
    this.#stream.destroy(error);
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

/** Behind a pooler in transaction mode each statement may run in another session, which knows no plan by a name that was given elsewhere. */
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
