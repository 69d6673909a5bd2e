import { join } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import type { Db } from '../../storage/database.ts';
import { booked, openBooks } from '../broker/books.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { microsOf } from '../broker/micros.ts';
import { createPaperBroker } from '../broker/paper/paper-broker.ts';
import type { OrderHistory } from '../broker/port/history.ts';
import { createPaperPort } from '../broker/port/paper-port.ts';
import type { RestAccount } from '../broker/rest/paper-money.ts';
import { connectRestBroker } from '../broker/rest/rest-broker.ts';
import { connectFeed, type Feed, type FeedEvent } from '../feed/connect-feed.ts';
import type { GatewayAddress } from '../feed/connection.ts';
import type { LiveConfig } from '../live-config.ts';
import { modelParts } from '../model-parts.ts';
import { addCommand } from '../store/commands.ts';
import { openLiveStore } from '../store/live-store.ts';
import { leaveRun, renewRun, takeRun } from '../store/runs.ts';
import type { RunBroker } from './desk-link.ts';
import { type LiveRunResult, runLive } from './live.ts';
import { startOf } from './live-feed.ts';

export interface StartLive {
  readonly name: string;
  /** `model@7`, with the bytes of its policy. */
  readonly model: string;
  readonly policyHash: string;
  readonly policy: Uint8Array;
  readonly config: LiveConfig;
  /** Where the feed comes from; null: the gateway of the data set. */
  readonly gateway: GatewayAddress | null;
  readonly feedKey: string;
  /** Null: the broker on paper in this process. */
  readonly rest: RestAccount | null;
  readonly dataDir: string;
  readonly until: bigint | null;
  readonly by: string;
  /** Asks for the two steps out of the first halt, as that person's commands do. */
  readonly resume: string | null;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/**
 * Starts a run of live trading on paper, or takes it up again, and runs it to its end.
 * @throws AssayError as {@link takeRun}, {@link modelParts} and {@link runLive}.
 */
export async function startLive(db: Db, start: StartLive): Promise<LiveRunResult> {
  const { name, config, gateway, by } = start;
  const parts = await modelParts(start.policy, config);
  try {
    const { account } = parts.engine;
    if (account.kind !== 'orders') throw new AssayError('internal', 'a live run has orders');
    const { rest } = start;
    if (rest !== null && config.clock === 'feed')
      throw new AssayError('config_invalid', 'a broker elsewhere does not trade in the time of the feed', {
        place: 'clock',
        hint: 'clock: wall, or the broker on paper in this process',
      });
    const run = await takeRun(db, {
      ...{ name, by, model: start.model, policyHash: start.policyHash, config: config as unknown as Json },
      feed: gateway === null ? `databento:${config.dataset}` : `gateway:${gateway.host}:${gateway.port}`,
      broker: rest === null ? 'paper' : `rest:${rest.url}`,
      account: rest === null ? `paper/${name}` : `${rest.url}/${rest.keyId}`,
    });
    if (start.resume !== null)
      for (const toState of ['reducing', 'active'] as const)
        await addCommand(db, name, { kind: 'resume', toState, by, reason: start.resume });
    const store = await openLiveStore(db, run);
    const result = await runLive({
      run,
      store,
      folder: join(start.dataDir, 'live', name),
      config: config as unknown as Json,
      engine: parts.engine,
      policy: parts.policy,
      ticks: parts.ticks,
      clock: config.clock,
      connect: (fromMs, onEvent) => connected(start, fromMs, onEvent),
      broker: (now, history) =>
        rest === null
          ? paperOf(account.terms, parts.engine.environment.capital, config, now, history)
          : connectRestBroker({ ...rest, ticks: Object.fromEntries(parts.ticks), rng: createRng(`rest/${name}`) }),
      until: start.until,
      riskPersons: config.riskPersons,
      renew: () => renewRun(db, run),
      signal: start.signal,
      onLine: start.onLine,
    });
    await leaveRun(db, run, result.isStopped ? 'stopped' : start.until === null ? 'the feed is over' : 'the end of its time');
    return result;
  } finally {
    await parts.dispose();
  }
}

function connected({ config, gateway, feedKey, name }: StartLive, fromMs: number | null, onEvent: (event: FeedEvent) => void): Feed {
  const symbols = Object.values(config.symbols);
  // In its own time a feed is taken from its beginning, and what an earlier life had is passed over.
  const start = config.clock === 'feed' ? 0n : fromMs === null ? null : startOf(fromMs, Date.now());
  const of = (schema: 'ohlcv-1m' | 'mbp-1' | 'status', from: bigint | null) =>
    ({ schema, stypeIn: 'raw_symbol', symbols, start: from, snapshot: false }) as const;
  return connectFeed({
    key: feedKey,
    dataset: config.dataset,
    subscriptions: [
      of('ohlcv-1m', start),
      of('mbp-1', config.clock === 'feed' ? 0n : null),
      of('status', config.clock === 'feed' ? 0n : null),
    ],
    ...(gateway !== null && { address: gateway }),
    rng: createRng(`feed/${name}`),
    onEvent,
  });
}

function paperOf(terms: readonly LotTerms[], capital: number, config: LiveConfig, now: () => bigint, history: OrderHistory): RunBroker {
  const tickMicros = new Map(terms.map((one) => [one.symbol, one.tickMicros]));
  let books = openBooks(microsOf(capital, 'the capital'));
  for (const { report } of history.fills) books = booked(books, report, tickMicros.get(report.symbol)!);
  return createPaperPort(createPaperBroker(terms, config.paper, { books }), now, history);
}
