import { logVerbosity, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, setLogVerbosity, status } from '@grpc/grpc-js';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { faultOf, invalid } from './fault.ts';
import { createService } from './service.ts';
import { failStale } from './store/fail-stale.ts';
import { decode, encode, type MessageName, type MethodName, methods } from './wire.ts';

/** Where Optuna's clients find the storage. */
export interface OptunaListen {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface OptunaOptions extends OptunaListen {
  readonly db: Db;
  /** A running trial without any write for so long fails (null: never, as with Optuna's own server). */
  readonly staleMs: number | null;
  /** Called with what a client cannot cause: a bug, a database that does not answer. */
  readonly onFault: (error: unknown) => void;
}

export interface OptunaServing {
  readonly host: string;
  readonly port: number;
  /** Takes no more calls and resolves when the open ones are answered, or cut off after `graceMs` (default 5000). */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** A larger request is refused: no client of Optuna sends one. */
const mostBytes = 64 * 1024 * 1024;

/** How often trials are looked through for stale ones, at most. */
const leastPauseMs = 1000;
const mostPauseMs = 60_000;

/** Serves Optuna's storage over gRPC, without encryption and without a token: its client knows neither. @throws AssayError `port_in_use`; `usage` */
export async function serveOptuna({ db, host, port, staleMs, onFault }: OptunaOptions): Promise<OptunaServing> {
  // Its errors reach us as errors; it would write them to stderr as well.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': mostBytes,
    'grpc.max_send_message_length': -1,
    // A second server on the port would share its connections silently.
    'grpc.so_reuseport': 0,
  });
  const service = createService(db);
  for (const name of Object.keys(methods) as MethodName[]) addMethod(server, name, service[name] as AnyMethod, onFault);
  const bound = await bind(server, { host, port });
  const looking = staleMs === null ? null : lookForStale(db, staleMs, onFault);
  return {
    host,
    port: bound,
    close: async (graceMs = 5000) => {
      if (looking !== null) clearInterval(looking);
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(() => server.forceShutdown(), graceMs);
        server.tryShutdown(() => {
          clearTimeout(deadline);
          resolve();
        });
      });
    },
  };
}

type AnyMethod = (request: never, client: string) => Promise<unknown>;

function addMethod(server: Server, name: MethodName, method: AnyMethod, onFault: (error: unknown) => void): void {
  const [takes, answers] = methods[name];
  const handle = (call: ServerUnaryCall<Uint8Array, unknown>, answer: sendUnaryData<unknown>): void => {
    const run = async (): Promise<unknown> => method(decoded(takes, call.request), `optuna:${call.getPeer()}`);
    run().then(
      (reply) => answer(null, reply),
      (error: unknown) => {
        const fault = faultOf(error);
        if (fault === undefined || fault.code === status.UNAVAILABLE || fault.code === status.INTERNAL) onFault(error);
        answer({ code: fault?.code ?? status.INTERNAL, details: fault?.message ?? 'a fault of the server; its log says more' });
      },
    );
  };
  server.register(
    `/optuna.StorageService/${name}`,
    handle as Parameters<Server['register']>[1],
    (reply) => encode(answers as MessageName, reply as never),
    // Bytes that are no message are refused by the method, with a status that says so.
    (bytes) => bytes as never,
    'unary',
  );
}

function decoded(name: Parameters<typeof decode>[0], bytes: Uint8Array): never {
  try {
    return decode(name, bytes) as never;
  } catch (error) {
    throw invalid(`the request is no ${name}: ${messageOf(error)}`);
  }
}

function bind(server: Server, { host, port }: OptunaListen): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(cannotListen(error, address));
    });
  });
}

function cannotListen(error: Error, address: string): AssayError {
  if (error.message.includes('EADDRINUSE'))
    return new AssayError('port_in_use', `${address} is taken`, {
      hint: 'stop what listens there, or take another port; --optuna 0 finds one that is free',
      cause: error,
    });
  return new AssayError('usage', `cannot listen on ${address}: ${error.message}`, { place: '--optuna', cause: error });
}

function lookForStale(db: Db, staleMs: number, onFault: (error: unknown) => void): NodeJS.Timeout {
  let busy = false;
  return setInterval(
    () => {
      if (busy) return;
      busy = true;
      failStale(db, staleMs)
        .catch(onFault)
        .finally(() => {
          busy = false;
        });
    },
    Math.min(mostPauseMs, Math.max(leastPauseMs, staleMs / 10)),
  );
}
