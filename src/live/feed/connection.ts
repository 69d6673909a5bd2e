import { connect } from 'node:net';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { DbnHeader } from '../../market/dbn/header.ts';
import {
  type AuthRequest,
  authLine,
  parseAuthReply,
  parseControlLine,
  type Subscription,
  startSession,
  subscriptionLines,
} from './control-lines.ts';
import { cramAnswer, maskKey } from './cram.ts';
import type { FeedClock } from './feed-clock.ts';
import { createLineReader } from './line-reader.ts';
import { createRecordReader, type LiveRecord, type RecordReader } from './record-reader.ts';

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly address: GatewayAddress;
  readonly key: string;
  readonly request: Omit<AuthRequest, 'auth'>;
  /** Sent before the session is started: afterwards a gateway ignores their starts. */
  readonly subscriptions: readonly Subscription[];
  /** Milliseconds until the connection must stand, then until the gateway must have accepted it, then without a record. */
  readonly connectMs: number;
  readonly authMs: number;
  readonly silenceMs: number;
  readonly clock: FeedClock;
}

/** Why a connection ended, and what follows: nothing; another after a minute; another; another that asks for no replay. */
export interface ConnectionEnd {
  readonly next: 'stop' | 'pause' | 'reconnect' | 'restart';
  readonly error: AssayError;
}

export interface ConnectionHandlers {
  /** The gateway has accepted the client, and the session is started. */
  readonly onSession: (sessionId: string) => void;
  readonly onHeader: (header: DbnHeader) => void;
  /** Returns an end where the record is the session's last. */
  readonly onRecord: (record: LiveRecord) => ConnectionEnd | null;
  /** Called once, unless the connection is closed from here. */
  readonly onEnd: (end: ConnectionEnd) => void;
}

export interface Connection {
  readonly close: () => void;
}

/** Opens one session with a gateway. Whatever happens ends in `onEnd`; nothing is thrown. */
export function openConnection(options: ConnectionOptions, handlers: ConnectionHandlers): Connection {
  const { address, key, request, clock } = options;
  const place = `${address.host}:${address.port}`;
  const lines = createLineReader(place);
  let records: RecordReader | null = null;
  let isAnswered = false;
  let isOver = false;
  let hasRecord = false;

  const close = (): void => {
    isOver = true;
    cancel();
    socket.destroy();
  };
  const end = (how: ConnectionEnd): void => {
    if (isOver) return;
    close();
    handlers.onEnd(how);
  };
  const lose = (what: string, cause?: unknown): void =>
    end({
      next: 'reconnect',
      error: new AssayError('unavailable', maskKey(what, key), {
        place,
        hint: 'check the address and the network; the feed connects again by itself',
        ...(cause === undefined ? {} : { cause }),
      }),
    });
  const expectWithin = (ms: number, what: string): void => {
    cancel();
    cancel = clock.after(ms, () => lose(`${what} within ${ms / 1000} s`));
  };

  const refuse = (text: string): void => {
    const isLimit = /limit/i.test(text);
    end({
      next: isLimit ? 'pause' : 'stop',
      error: new AssayError(isLimit ? 'unavailable' : 'forbidden', `the gateway refuses the session: ${maskKey(text, key)}`, {
        place,
        hint: isLimit ? 'end other sessions of this team and data set' : 'check the key, and that its team is entitled to the data set',
      }),
    });
  };

  const takeLine = (line: string): boolean => {
    const fields = parseControlLine(line);
    const challenge = fields.get('cram');
    if (!isAnswered && challenge !== undefined) {
      isAnswered = true;
      socket.write(authLine({ ...request, auth: cramAnswer(challenge, key) }));
      return true;
    }
    // The greeting may be any text.
    if (!isAnswered && !fields.has('success')) return true;
    const reply = parseAuthReply(line);
    if (!reply.isAccepted) {
      refuse(reply.error);
      return false;
    }
    for (const [at, subscription] of options.subscriptions.entries())
      for (const part of subscriptionLines(subscription, at + 1)) socket.write(part);
    socket.write(`${startSession}\n`);
    records = createRecordReader(request.compression, place, {
      onHeader: handlers.onHeader,
      onRecord: (record) => {
        hasRecord = true;
        const last = handlers.onRecord(record);
        if (last !== null) end(last);
        return !isOver;
      },
    });
    expectWithin(options.silenceMs, 'the gateway sent no record');
    handlers.onSession(reply.sessionId);
    return false;
  };

  const take = (piece: Uint8Array): void => {
    const rest = records === null ? lines.push(piece, takeLine) : piece;
    if (isOver || records === null || rest.length === 0) return;
    hasRecord = false;
    records.push(rest);
    if (hasRecord && !isOver) expectWithin(options.silenceMs, 'the gateway sent no record');
  };

  let cancel = clock.after(options.connectMs, () => lose(`the gateway did not answer within ${options.connectMs / 1000} s`));
  const socket = connect(address);
  socket.setNoDelay(true);
  socket.on('connect', () => expectWithin(options.authMs, 'the gateway did not accept or refuse the client'));
  socket.on('data', (piece) => {
    if (isOver) return;
    try {
      take(piece);
    } catch (error) {
      if (error instanceof AssayError) end({ next: 'reconnect', error });
      else lose(messageOf(error), error);
    }
  });
  socket.on('error', (error) => lose(`the connection broke: ${messageOf(error)}`, error));
  socket.on('close', () => lose('the gateway closed the connection'));
  return { close };
}
