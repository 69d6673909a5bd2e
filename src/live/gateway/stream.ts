import type { Socket } from 'node:net';
import { messageOf } from '../../core/errors.ts';
import { symbolTypes } from '../../market/dbn/kinds.ts';
import type { AuthRequest, SubscriptionPart } from '../feed/control-lines.ts';
import type { FeedClock } from '../feed/feed-clock.ts';
import type { Fault } from './faults.ts';
import type { MarketClock } from './market-clock.ts';
import { errorCodes, errorMessage, mappingMessage, mildErrors, sessionMetadata } from './messages.ts';
import { createOutbox } from './outbox.ts';
import { type Catalog, mergeRecordings, type RecordedRecord } from './recorded.ts';
import { snapshotsOf } from './snapshots.ts';
import { createWanted } from './wanted.ts';

export interface StreamTerms {
  readonly catalog: Catalog;
  readonly paths: readonly string[];
  readonly clock: FeedClock;
  readonly market: MarketClock;
  /** See outbox.ts. */
  readonly mostWaiting: number;
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

export function createStream(socket: Socket, { catalog, paths, clock, market, mostWaiting, faults }: StreamTerms): Stream {
  const wanted = createWanted(catalog);
  const out = createOutbox(socket, { clock, mostWaiting });
  const left = [...faults].sort((a, b) => a.after - b.after);
  /** Said before the start. */
  let announced: Uint8Array[] = [];
  let isBegun = false;
  let isOver = false;
  let count = 0;
  /** A record that a fault holds back until the next one was sent. */
  let held: Uint8Array | null = null;
  let wake = (): void => undefined;

  const close = (): void => {
    isOver = true;
    out.close();
    wake();
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  /** Ends the session behind what is in the batch. */
  const end = async (how: () => unknown): Promise<void> => {
    await out.flush();
    close();
    how();
  };
  const begin = (request: AuthRequest): void => {
    isBegun = true;
    const metadata = sessionMetadata(catalog.dataset, catalog.start, request.tsOut);
    const isCut = left[0]?.kind === 'metadata';
    out.begin(request, isCut ? metadata.subarray(0, metadata.length >> 1) : metadata);
    if (isCut) void end(() => socket.end());
  };
  const fail = async (text: string, code: number): Promise<void> => {
    out.say(errorMessage(out.now(), text, code));
    if (mildErrors.has(code)) await out.flush();
    else await end(() => socket.end());
  };

  /** Does what a fault says before a record is sent; true if that is not sent, or not yet. */
  const commit = async (fault: Fault, { bytes, instrument }: RecordedRecord): Promise<boolean> => {
    switch (fault.kind) {
      case 'duplicate':
        out.say(bytes);
        return false;
      case 'reorder':
        held = bytes;
        return true;
      case 'clock':
        out.shiftClock(fault.ms);
        return false;
      case 'remap':
        out.say(
          mappingMessage(out.now(), instrument, symbolTypes.indexOf('raw_symbol'), catalog.symbols.namesOf(instrument)[0]!, fault.symbol),
        );
        return false;
      case 'delay':
        await out.flush();
        await pause(fault.ms);
        return isOver;
      case 'error':
        await fail(`A scripted error ${fault.code}`, fault.code);
        return isOver;
      case 'hang':
        await end(() => undefined);
        return true;
      case 'metadata':
        return true;
      case 'half':
        out.putRaw(out.stamped(bytes).subarray(0, bytes.length >> 1));
        await end(() => socket.end());
        return true;
      case 'fin':
        await end(() => socket.end());
        return true;
      case 'rst':
        await end(() => socket.resetAndDestroy());
        return true;
    }
  };

  const sayReplayed = (): void => {
    for (const message of wanted.replayed(out.now())) out.say(message);
  };
  /** Waits until a record is known in the market's time. */
  const untilKnown = async ({ knownAt }: RecordedRecord): Promise<void> => {
    for (let ms = market.untilMs(knownAt); ms > 0 && !isOver; ms = market.untilMs(knownAt)) {
      sayReplayed();
      await out.flush();
      out.goLive();
      await pause(ms);
    }
  };

  const run = async (): Promise<void> => {
    const instruments = wanted.snapshots();
    if (instruments.length > 0) for (const record of await snapshotsOf(paths, instruments, market.now(), out.now())) out.say(record);
    for await (const record of mergeRecordings(paths)) {
      await untilKnown(record);
      if (isOver) return;
      if (!wanted.take(record)) continue;
      let isKept = true;
      while (isKept && left.length > 0 && left[0]!.after <= count) isKept = !(await commit(left.shift()!, record));
      if (isOver) return;
      if (!isKept) continue;
      if (out.put(record.bytes)) count++;
      if (held !== null) {
        out.put(held);
        count++;
        held = null;
      }
      if (out.isFull()) await out.flush();
    }
    if (held !== null) out.put(held);
    sayReplayed();
    await out.flush();
  };

  return {
    close,
    subscribe: (part) => {
      // What a session has begun with stays: a later start is passed over, as is a snapshot.
      const said = wanted.add(isBegun ? { ...part, start: null, snapshot: false } : part, out.now(), market.now());
      if (!isBegun) {
        announced.push(...said);
        return;
      }
      for (const message of said) out.say(message);
      void out.flush();
    },
    start: (request) => {
      begin(request);
      if (isOver || left[0]?.kind === 'metadata') return;
      market.begin();
      for (const message of announced) out.say(message);
      announced = [];
      void run().catch((error: unknown) => fail(messageOf(error), errorCodes.internal));
    },
    refuse: (request, because) => {
      if (!isBegun) begin(request);
      void fail(because, errorCodes.wrongSubscription);
    },
  };
}
