import { type Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, wholeNumber, withDatabase } from '../options.ts';
import { say } from '../output/print.ts';

export function register(program: Command, io: Io): void {
  program
    .command('serve')
    .description('the API over HTTP, for this machine only; with a token in ASSAY_TOKEN also for others')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes any free port', portNumber, 4000)
    .action(async (flags: { host: string; port: number }, command: Command) => {
      const options = optionsOf(command);
      const [{ doorOf, serve }, { createApi }] = await Promise.all([import('../../api/serve.ts'), import('../../api/app.ts')]);
      // Before the database: a refused command starts nothing.
      const door = doorOf({ ...flags, token: io.env['ASSAY_TOKEN'] });
      await withDatabase(options, async ({ db }) => {
        const onFault = (error: unknown): void => {
          if (io.log === undefined) io.err.write(`error: ${(error instanceof Error && error.stack) || messageOf(error)}\n`);
          else io.log.fault(error);
        };
        const stopped = stopSignal();
        const serving = await serve(door, createApi({ db, onFault, token: door.token }).fetch);
        const hint = door.token === undefined ? '' : ', for who sends the token';
        say(io, options, `the API is at ${serving.url}${hint}; Ctrl-C stops it`);
        await stopped;
        await serving.close();
      });
    });
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It takes a port from 0 to 65535.');
  return port;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first one; after that they end the process at once, as they do by default. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
