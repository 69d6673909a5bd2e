import type { Socket } from 'node:net';
import { messageOf } from '../../core/errors.ts';
import type { AuthRequest, SubscriptionPart } from '../feed/control-lines.ts';
import type { FeedClock } from '../feed/feed-clock.ts';
import type { Fault } from './faults.ts';
import {
  errorCodes,
  errorMessage,
  frameHead,
  mildErrors,
  rawBlocks,
  sessionMetadata,
  systemCodes,
  systemMessage,
  withSendTime,
} from './messages.ts';
import { type Catalog, mergeRecordings } from './recorded.ts';
import { createWanted } from './wanted.ts';

export interface StreamTerms {
  readonly catalog: Catalog;
  readonly dataset: string;
  readonly paths: readonly string[];
  readonly clock: FeedClock;
  /** Those of this session. */
  readonly faults: readonly Fault[];
}

/** The records of one session: what is sent from its start on. */
export interface Stream {
  readonly subscribe: (part: SubscriptionPart) => void;
  readonly start: (request: AuthRequest) => void;
  /** Says what is wrong with a subscription, behind metadata, and closes. */
  readonly refuse: (request: AuthRequest, because: string) => void;
  readonly close: () => void;
}

const batchBytes = 2 ** 16;
const defaultHeartbeatSeconds = 30;
const internalError = 6;

export function createStream(socket: Socket, { catalog, dataset, paths, clock, faults }: StreamTerms): Stream {
  const wanted = createWanted(catalog);
  /** Said before the start. */
  let announced: Uint8Array[] = [];
  let agreed: AuthRequest | null = null;
  let batch: Uint8Array[] = [];
  let batched = 0;
  let isOver = false;
  let cancelBeat = (): void => undefined;
  let wake = (): void => undefined;

  const packed = (bytes: Uint8Array): Uint8Array => (agreed?.compression === 'zstd' ? rawBlocks(bytes) : bytes);
  const sent = (record: Uint8Array): Uint8Array => (agreed?.tsOut === true ? withSendTime(record, clock.now()) : record);
  const put = (bytes: Uint8Array): void => {
    batch.push(bytes);
    batched += bytes.length;
  };
  /** Hands the batch to the socket, and waits while the client reads too slowly. */
  const flush = async (): Promise<void> => {
    if (isOver || batched === 0) return;
    const bytes = packed(Buffer.concat(batch));
    batch = [];
    batched = 0;
    if (!socket.write(bytes))
      await new Promise<void>((resolve) => {
        wake = resolve;
        socket.once('drain', resolve);
      });
  };
  const close = (): void => {
    isOver = true;
    cancelBeat();
    wake();
  };
  const begin = (request: AuthRequest): void => {
    agreed = request;
    if (request.compression === 'zstd') socket.write(frameHead);
    put(sessionMetadata(dataset, catalog.start, request.tsOut));
  };

  const fail = async (text: string, code: number): Promise<void> => {
    put(sent(errorMessage(clock.now(), text, code)));
    await flush();
    if (mildErrors.has(code)) return;
    close();
    socket.end();
  };

  /** Does what a fault says before the next record is sent; true if that is not sent. */
  const commit = async (fault: Fault, next: Uint8Array): Promise<boolean> => {
    if (fault.kind === 'duplicate') put(sent(next));
    if (fault.kind === 'half') put(sent(next).subarray(0, next.length >> 1));
    await flush();
    switch (fault.kind) {
      case 'duplicate':
        return false;
      case 'delay':
        await new Promise<void>((resolve) => {
          const cancel = clock.after(fault.ms, resolve);
          wake = () => {
            cancel();
            resolve();
          };
        });
        return isOver;
      case 'error':
        await fail(`A scripted error ${fault.code}`, fault.code);
        return isOver;
      case 'hang':
        close();
        return true;
      case 'half':
      case 'fin':
        close();
        socket.end();
        return true;
      case 'rst':
        close();
        socket.resetAndDestroy();
        return true;
    }
  };

  const beat = (seconds: number): void => {
    cancelBeat = clock.after(seconds * 1000, () => {
      put(sent(systemMessage(clock.now(), 'Heartbeat', systemCodes.heartbeat)));
      void flush();
      beat(seconds);
    });
  };

  const run = async (request: AuthRequest): Promise<void> => {
    const left = [...faults].sort((a, b) => a.after - b.after);
    let count = 0;
    for await (const record of mergeRecordings(paths)) {
      if (isOver) return;
      if (!wanted.take(record)) continue;
      while (left.length > 0 && left[0]!.after <= count) if (await commit(left.shift()!, record.bytes)) return;
      put(sent(record.bytes));
      count++;
      if (batched >= batchBytes) await flush();
    }
    for (const message of wanted.replayed(clock.now())) put(sent(message));
    await flush();
    if (!isOver) beat(request.heartbeatSeconds ?? defaultHeartbeatSeconds);
  };

  return {
    close,
    subscribe: (part) => {
      const said = wanted.add(part, clock.now());
      if (agreed === null) announced.push(...said);
      else {
        for (const message of said) put(sent(message));
        void flush();
      }
    },
    start: (request) => {
      begin(request);
      for (const message of announced) put(sent(message));
      announced = [];
      void run(request).catch((error: unknown) => fail(messageOf(error), internalError));
    },
    refuse: (request, because) => {
      if (agreed === null) begin(request);
      void fail(because, errorCodes.wrongSubscription);
    },
  };
}
