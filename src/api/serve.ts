import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import { AssayError, messageOf } from '../core/errors.ts';
import { isLoopback } from './access.ts';
import { problemOf, problemResponse, unreadableProblem } from './problem.ts';

/** Where to listen, and who may ask. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly token: string | undefined;
}

export interface ListenFlags {
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Default 4000. */
  readonly port?: number | undefined;
  /** An empty one is none. */
  readonly token?: string | undefined;
}

/** Least length of a token if other machines can reach the API, so that it cannot be guessed by trying. */
const leastTokenLength = 16;

/** @throws AssayError `usage` if other machines can reach it and there is no token, or one that can be guessed. */
export function listenOptions({ host = '127.0.0.1', port = 4000, token = '' }: ListenFlags = {}): ListenOptions {
  // What a Bearer header can carry (RFC 6750, 2.1).
  if (token !== '' && !/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
    throw new AssayError('usage', 'this token cannot be sent in a header', {
      place: 'ASSAY_TOKEN',
      hint: 'use letters, digits and -._~+/, for example the output of `openssl rand -hex 32`',
    });
  }
  if (token !== '' && token.length < leastTokenLength && !isLoopback(host)) {
    throw new AssayError('usage', `a token that other machines may try has at least ${leastTokenLength} characters, not ${token.length}`, {
      place: 'ASSAY_TOKEN',
      hint: 'for example the output of `openssl rand -hex 32`',
    });
  }
  if (token === '' && !isLoopback(host)) {
    throw new AssayError('usage', `${host} can be reached from other machines, and there is no token`, {
      place: '--host',
      hint: 'set ASSAY_TOKEN to a secret that clients send as `Authorization: Bearer <token>`, or listen on 127.0.0.1',
    });
  }
  return { host, port, token: token === '' ? undefined : token };
}

export interface Serving {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and resolves when the open ones are answered, or cut off after `graceMs` (default 5000). */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** What answers requests: a Hono app's `fetch`. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Serves an app at a port. @throws AssayError `port_in_use`; `usage` for a host or port that cannot be listened on. */
export async function serve(options: ListenOptions, fetch: FetchHandler): Promise<Serving> {
  // The platform's Request gives way to the adapter's, as its documentation has it: what rebuilds a request, such as the limit of a body
  // without a length, could not take the adapter's own otherwise.
  const answer = getRequestListener(fetch, { errorHandler: answerFault });
  const server = createServer((request, response) => void answer(request, response));
  const close = closeInOrder(server);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    close,
  };
}

/** Answers what never became a request (no Host, or one that no URL can hold) and whatever an app lets through. */
const answerFault = (error: unknown): Response =>
  problemResponse('/', error instanceof RequestError ? unreadableProblem : problemOf(error));

function listen(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(cannotListen(error, host, port));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): AssayError {
  switch (cause.code ?? '') {
    case 'EADDRINUSE':
      return new AssayError('port_in_use', `port ${port} of ${host} is taken`, {
        hint: `stop what listens there, or take another one: --port 0 finds one that is free`,
        cause,
      });
    case 'EACCES':
      return new AssayError('usage', `this user may not listen on port ${port}`, {
        place: '--port',
        hint: 'ports from 1024 are free to use',
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AssayError('usage', `${host} is no address of this machine`, {
        place: '--host',
        hint: 'listen on 127.0.0.1, or on 0.0.0.0 with a token',
        cause,
      });
    default:
      return new AssayError('unavailable', `cannot listen on port ${port} of ${host}: ${messageOf(cause)}`, { cause });
  }
}

/** Node itself would also wait for clients that keep a connection open without asking anything. */
function closeInOrder(server: Server): Serving['close'] {
  let unanswered = 0;
  let closing = false;
  const cutIfQuiet = (): void => {
    if (closing && unanswered === 0) server.closeAllConnections();
  };
  server.on('request', (_request, response) => {
    unanswered += 1;
    response.once('close', () => {
      unanswered -= 1;
      cutIfQuiet();
    });
  });
  return (graceMs = 5000) =>
    new Promise((resolve) => {
      const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
      // Its only error is that the server is closed already, which is what is wanted.
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      closing = true;
      cutIfQuiet();
    });
}
