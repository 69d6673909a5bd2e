import { AssayError } from '../../core/errors.ts';
import { type Schema, schemas, symbolTypes } from '../../market/dbn/kinds.ts';

/**
 * The lines of text that a session with a gateway of Databento begins with: fields `key=value` joined by `|`. Clients order the fields
 * differently, so they are read by their keys.
 */

/** Most symbols of one line. */
export const symbolsPerLine = 500;
/** Stands for every symbol of a data set. */
export const allSymbols = 'ALL_SYMBOLS';
export const startSession = 'start_session';

export type Compression = 'none' | 'zstd';
/** What a gateway does with records that a client is too slow for: it leaves them out, or sends all and warns. */
export type SlowReader = 'skip' | 'warn';

/** How a client makes itself known. */
export interface AuthRequest {
  /** The answer to the gateway's challenge. */
  readonly auth: string;
  readonly dataset: string;
  /** Every record ends with its send time. */
  readonly tsOut: boolean;
  readonly compression: Compression;
  /** Seconds without a record after which the gateway sends a heartbeat; null: the gateway's 30. */
  readonly heartbeatSeconds: number | null;
  /** Null: the gateway's choice. */
  readonly slowReader: SlowReader | null;
  readonly client: string;
}

export type AuthReply =
  | { readonly isAccepted: true /** Text: not every gateway sends a number. */; readonly sessionId: string }
  | { readonly isAccepted: false; readonly error: string };

/** Records of one schema that a client wants. */
export interface Subscription {
  readonly schema: Schema;
  readonly stypeIn: (typeof symbolTypes)[number];
  readonly symbols: readonly string[];
  /** From when on, nanoseconds since the epoch, inclusive; 0: everything that there is; null: from now on. */
  readonly start: bigint | null;
  /** Asks for the book as it is, for `mbo` only and never with a start. */
  readonly snapshot: boolean;
}

/** A line of a subscription, which may have several. */
export interface SubscriptionPart extends Subscription {
  /** Null where the client gave it none. */
  readonly id: number | null;
  readonly isLast: boolean;
}

export type ControlFields = ReadonlyMap<string, string>;

/** The fields of a line; one without `=` has the value ''. Of a key that comes twice the first counts. */
export function parseControlLine(line: string): ControlFields {
  const fields = new Map<string, string>();
  for (const field of line.split('|')) {
    const equals = field.indexOf('=');
    const key = equals === -1 ? field : field.slice(0, equals);
    if (!fields.has(key)) fields.set(key, equals === -1 ? '' : field.slice(equals + 1));
  }
  return fields;
}

/** @throws AssayError `usage` for a value that would be read as another field or line. */
export function controlLine(fields: readonly (readonly [key: string, value: string | number | bigint])[]): string {
  const parts = fields.map(([key, value]) => {
    const text = String(value);
    if (/[|\r\n]/.test(text))
      throw new AssayError('usage', `${key} of a feed holds a separator: ${JSON.stringify(text)}`, {
        hint: 'leave |, and ends of lines, out',
      });
    return `${key}=${text}`;
  });
  return `${parts.join('|')}\n`;
}

export function authLine(request: AuthRequest): string {
  return controlLine([
    ['auth', request.auth],
    ['dataset', request.dataset],
    ['encoding', 'dbn'],
    ['ts_out', request.tsOut ? 1 : 0],
    ['compression', request.compression],
    ...(request.heartbeatSeconds === null ? [] : [['heartbeat_interval_s', request.heartbeatSeconds] as const]),
    ...(request.slowReader === null ? [] : [['slow_reader_behavior', request.slowReader] as const]),
    ['client', request.client],
  ]);
}

/** @throws AssayError `data_invalid` for a line without answer or data set, and for values that there are not. */
export function parseAuthLine(line: string): AuthRequest {
  const fields = parseControlLine(line);
  const encoding = fields.get('encoding') ?? 'dbn';
  if (encoding !== 'dbn') throw wrongField('encoding', encoding, 'dbn');
  const seconds = fields.get('heartbeat_interval_s');
  return {
    auth: needed(fields, 'auth'),
    dataset: needed(fields, 'dataset'),
    tsOut: flag(fields, 'ts_out'),
    compression: oneOf(fields, 'compression', ['none', 'zstd']) ?? 'none',
    heartbeatSeconds: seconds === undefined ? null : Number(digits('heartbeat_interval_s', seconds)),
    slowReader: oneOf(fields, 'slow_reader_behavior', ['skip', 'warn']),
    client: fields.get('client') ?? '',
  };
}

/** Reads the gateway's answer. Without the field `success` the whole line says what is wrong. */
export function parseAuthReply(line: string): AuthReply {
  const fields = parseControlLine(line);
  if (fields.get('success') === '1') return { isAccepted: true, sessionId: fields.get('session_id') ?? '' };
  return { isAccepted: false, error: fields.has('success') ? (fields.get('error') ?? line) : line };
}

export function authReplyLine(reply: AuthReply): string {
  return reply.isAccepted
    ? controlLine([
        ['success', 1],
        ['session_id', reply.sessionId],
      ])
    : controlLine([
        ['success', 0],
        ['error', reply.error],
      ]);
}

/**
 * @throws AssayError `usage` for a subscription without symbols, for a symbol that would be read as two, and for a snapshot of another schema
 * than `mbo` or with a start.
 */
export function checkSubscription({ schema, symbols, snapshot, start }: Subscription): void {
  const refuse = (what: string, hint: string): never => {
    throw new AssayError('usage', what, { place: `the subscription to ${schema}`, hint });
  };
  if (symbols.length === 0) refuse('no symbols are named', `name at least one, or ${allSymbols}`);
  const wrong = symbols.find((symbol) => symbol === '' || /[,|\s]/.test(symbol));
  if (wrong !== undefined) refuse(`${JSON.stringify(wrong)} is no symbol`, 'name each symbol by itself, without spaces');
  if (snapshot && schema !== 'mbo') refuse('there are no snapshots of this schema', 'ask for snapshots of mbo only');
  if (snapshot && start !== null) refuse('a snapshot has no start', 'ask for a snapshot or for a start');
}

/** The lines of a subscription, {@link symbolsPerLine} symbols each. @throws as {@link checkSubscription}. */
export function subscriptionLines(subscription: Subscription, id: number): readonly string[] {
  checkSubscription(subscription);
  const { schema, stypeIn, symbols, start, snapshot } = subscription;
  return Array.from({ length: Math.ceil(symbols.length / symbolsPerLine) }, (_, part) =>
    controlLine([
      ['schema', schema],
      ['stype_in', stypeIn],
      ['symbols', symbols.slice(part * symbolsPerLine, (part + 1) * symbolsPerLine).join(',')],
      ['snapshot', snapshot ? 1 : 0],
      ['id', id],
      ['is_last', (part + 1) * symbolsPerLine >= symbols.length ? 1 : 0],
      ...(start === null ? [] : [['start', start] as const]),
    ]),
  );
}

/** @throws AssayError `data_invalid` for a line that names no schema, kind of symbols or symbols, and as {@link checkSubscription}. */
export function parseSubscription(line: string): SubscriptionPart {
  const fields = parseControlLine(line);
  const schema = oneOf(fields, 'schema', schemas);
  const stypeIn = oneOf(fields, 'stype_in', symbolTypes);
  const [start, id] = [fields.get('start'), fields.get('id')];
  if (schema === null) throw wrongField('schema', '', 'a schema');
  const part = {
    schema,
    stypeIn: stypeIn ?? 'raw_symbol',
    symbols: needed(fields, 'symbols').split(','),
    start: start === undefined ? null : startOf(start),
    snapshot: flag(fields, 'snapshot'),
    id: id === undefined ? null : Number(digits('id', id)),
    isLast: fields.get('is_last') !== '0',
  };
  checkSubscription(part);
  return part;
}

/** A time as nanoseconds, or as ISO text in UTC, which one of the clients sends. */
function startOf(value: string): bigint {
  if (/^\d{1,20}$/.test(value)) return BigInt(value);
  const ms = Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(value) ? value : `${value}Z`);
  if (Number.isNaN(ms)) throw wrongField('start', value, 'nanoseconds since the epoch');
  const fraction = /\.(\d{1,9})/.exec(value)?.[1] ?? '';
  return BigInt(Math.floor(ms / 1000)) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function needed(fields: ControlFields, key: string): string {
  const value = fields.get(key);
  if (value === undefined || value === '') throw wrongField(key, '', 'a value');
  return value;
}

function flag(fields: ControlFields, key: string): boolean {
  return oneOf(fields, key, ['0', '1']) === '1';
}

function oneOf<T extends string>(fields: ControlFields, key: string, values: readonly T[]): T | null {
  const value = fields.get(key);
  if (value === undefined) return null;
  const found = values.find((one) => one === value);
  if (found === undefined) throw wrongField(key, value, values.join(', '));
  return found;
}

function digits(key: string, value: string): string {
  if (!/^\d{1,9}$/.test(value)) throw wrongField(key, value, 'a whole number');
  return value;
}

function wrongField(key: string, value: string, asked: string): AssayError {
  return new AssayError('data_invalid', `${key} of a control line is ${JSON.stringify(value)}; it must be ${asked}`, {
    hint: 'the other side speaks another version of the protocol',
  });
}
