import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../../src/core/errors.ts';

/** A program that answers HTTP, as a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const startMs = 180_000;

/** Resolves when the server answers anything at all. @throws AssayError `unavailable` where it ends before, or does not in time */
export async function startServer(program: string, argumentsFor: (port: number) => readonly string[]): Promise<RunningServer> {
  const port = await freePort();
  const server = spawn(program, [...argumentsFor(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const url = `http://127.0.0.1:${port}`;
  const running = { url, stop: () => stop(server) };
  for (const until = performance.now() + startMs; ; await sleep(200)) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return running;
    if (server.exitCode === null && performance.now() < until) continue;
    await stop(server);
    throw new AssayError('unavailable', `${program} does not answer: ${said}`, { hint: 'start it by hand to see why' });
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
