import { createServer, connect as dial, type Socket } from 'node:net';

export interface Network {
  readonly url: string;
  /** From now on, replies wait so long. */
  readonly delayReplies: (ms: number) => void;
  /** Break every connection. Returns how many. */
  readonly cut: () => number;
  /** Break every connection when its next reply comes: what was asked is done, and nobody hears of it. */
  readonly loseReplies: () => number;
  readonly close: () => Promise<void>;
}

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  losing: boolean;
}

/** Between the workers and a server on a Unix socket: the network, with its faults. */
export async function startNetwork(serverUrl: string): Promise<Network> {
  const target = new URL(serverUrl);
  const socketPath = `${target.searchParams.get('host')}/.s.PGSQL.${target.searchParams.get('port')}`;
  const wires = new Set<Wire>();
  let delayMs = 0;

  const listener = createServer((client) => {
    const server = dial(socketPath);
    const wire: Wire = { client, server, losing: false };
    wires.add(wire);
    const end = (): void => {
      wires.delete(wire);
      client.destroy();
      server.destroy();
    };
    for (const side of [client, server]) side.on('error', end).on('close', end);
    client.on('data', (bytes) => server.write(bytes));
    let queue = Promise.resolve();
    server.on('data', (bytes) => {
      if (wire.losing) {
        end();
        return;
      }
      const wait = delayMs;
      queue = queue.then(async () => {
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        if (!client.destroyed) client.write(bytes);
      });
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(serverUrl);
  url.searchParams.set('host', '127.0.0.1');
  url.searchParams.set('port', String(address.port));

  return {
    url: url.href,
    delayReplies: (ms) => {
      delayMs = ms;
    },
    cut: () => {
      const broken = [...wires];
      for (const { client } of broken) client.destroy();
      return broken.length;
    },
    loseReplies: () => {
      for (const wire of wires) wire.losing = true;
      return wires.size;
    },
    close: async () => {
      for (const { client } of wires) client.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
