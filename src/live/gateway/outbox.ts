import type { Socket } from 'node:net';
import type { AuthRequest } from '../feed/control-lines.ts';
import type { FeedClock } from '../feed/feed-clock.ts';
import { recordTypes } from '../feed/progress.ts';
import { errorCodes, errorMessage, frameHead, rawBlocks, systemCodes, systemMessage, withSendTime } from './messages.ts';

export interface OutboxTerms {
  readonly clock: FeedClock;
  /** Bytes that may wait for a client of a market that goes on, before it counts as slow. */
  readonly mostWaiting: number;
}

/** What leaves a gateway on one connection: records in batches, heartbeats in silence, and what becomes of slow readers. */
export interface Outbox {
  /** What the client asked for is known: send times, compression, heartbeats. */
  readonly begin: (request: AuthRequest, metadata: Uint8Array) => void;
  /** Adds a message of the session. */
  readonly say: (record: Uint8Array) => void;
  /** Adds a record of the market; false where a slow reader does without it. */
  readonly put: (record: Uint8Array) => boolean;
  /** Adds bytes as they are. */
  readonly putRaw: (bytes: Uint8Array) => void;
  /** As a record leaves: with a send time where the client asked for it. */
  readonly stamped: (record: Uint8Array) => Uint8Array;
  /** True where a batch is worth sending. */
  readonly isFull: () => boolean;
  /** Hands the batch to the socket, and waits for the client in the past, and where nothing may be left out. */
  readonly flush: () => Promise<void>;
  /** The past is sent: from now on the market does not wait for the client. */
  readonly goLive: () => void;
  /** Puts the clock of send times forward or back. */
  readonly shiftClock: (ms: number) => void;
  readonly now: () => bigint;
  readonly close: () => void;
}

const batchBytes = 2 ** 16;
const defaultHeartbeatSeconds = 30;
/** A slow reader is warned at most once in this time. */
const warningNanos = 1_000_000_000n;
/** Types whose records a slow reader does without unless it asks for all: the next ones say as much. Others are sent late. */
const skippedTypes: ReadonlySet<number> = new Set(
  (['mbp-1', 'mbp-10', 'bbo-1s', 'bbo-1m', 'cmbp-1', 'cbbo-1s', 'cbbo-1m'] as const).map((schema) => recordTypes[schema]),
);

export function createOutbox(socket: Socket, { clock, mostWaiting }: OutboxTerms): Outbox {
  let agreed: AuthRequest | null = null;
  let batch: Uint8Array[] = [];
  let batched = 0;
  let isOver = false;
  let isLive = false;
  let shift = 0n;
  let skipped = 0;
  let warnedAt: bigint | null = null;
  /** A record that no client does without is in the batch of one that is slow. */
  let mustWait = false;
  let cancelBeat = (): void => undefined;
  let wake = (): void => undefined;

  const now = (): bigint => clock.now() + shift;
  const stamped = (record: Uint8Array): Uint8Array => (agreed?.tsOut === true ? withSendTime(record, now()) : record);
  const putRaw = (bytes: Uint8Array): void => {
    batch.push(bytes);
    batched += bytes.length;
  };
  const say = (record: Uint8Array): void => putRaw(stamped(record));
  const isSlow = (): boolean => isLive && socket.writableLength + batched > mostWaiting;
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      socket.once('drain', resolve);
    });

  const write = (): boolean => {
    const bytes = Buffer.concat(batch);
    batch = [];
    batched = 0;
    return socket.write(agreed?.compression === 'zstd' ? rawBlocks(bytes) : bytes);
  };
  const tellSkipped = (): void => {
    if (skipped === 0) return;
    say(errorMessage(now(), `Skipped ${skipped} records for a slow reader`, errorCodes.skipped));
    skipped = 0;
  };
  const beat = (): void => {
    cancelBeat();
    if (isOver || agreed === null) return;
    cancelBeat = clock.after((agreed.heartbeatSeconds ?? defaultHeartbeatSeconds) * 1000, () => {
      tellSkipped();
      say(systemMessage(now(), 'Heartbeat', systemCodes.heartbeat));
      write();
      beat();
    });
  };

  return {
    now,
    say,
    putRaw,
    stamped,
    begin: (request, metadata) => {
      agreed = request;
      if (request.compression === 'zstd') socket.write(frameHead);
      putRaw(metadata);
    },
    put: (record) => {
      const skips = agreed?.slowReader === null ? skippedTypes.has(record[1]!) : agreed?.slowReader === 'skip';
      if (isSlow()) {
        if (skips) {
          skipped++;
          return false;
        }
        mustWait = true;
      }
      tellSkipped();
      say(record);
      return true;
    },
    isFull: () => batched >= batchBytes,
    flush: async () => {
      if (isOver || batched === 0) return;
      const hasRoom = write();
      beat();
      if (hasRoom) return;
      if (!isLive) await drained();
      else if (mustWait) {
        mustWait = false;
        if (warnedAt === null || now() - warnedAt >= warningNanos) {
          warnedAt = now();
          say(systemMessage(now(), 'Slow reader: records wait for this client', systemCodes.slowReader));
          write();
        }
        await drained();
      }
    },
    goLive: () => {
      isLive = true;
    },
    shiftClock: (ms) => {
      shift += BigInt(ms) * 1_000_000n;
    },
    close: () => {
      isOver = true;
      cancelBeat();
      wake();
    },
  };
}
