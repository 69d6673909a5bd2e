import { type Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, wholeNumber, withDatabase } from '../options.ts';
import { say } from '../output/print.ts';
import { aborted, untilStopped } from '../stop-signal.ts';

export function register(program: Command, io: Io): void {
  program
    .command('serve')
    .description('the API over HTTP, for this machine only; with a token in ASSAY_TOKEN also for others')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes any free port', portNumber, 4000)
    .action(async (flags: { host: string; port: number }, command: Command) => {
      const options = optionsOf(command);
      const [{ doorOf, serve }, { createApi }, { listenForChanges }] = await Promise.all([
        import('../../api/serve.ts'),
        import('../../api/app.ts'),
        import('../../storage/study-changes.ts'),
      ]);
      // Before the database: a refused command starts nothing.
      const door = doorOf({ ...flags, token: io.env['ASSAY_TOKEN'] });
      await withDatabase(options, async ({ db, sessions }) => {
        const onFault = (error: unknown): void => {
          if (io.log === undefined) io.err.write(`error: ${(error instanceof Error && error.stack) || messageOf(error)}\n`);
          else io.log.fault(error);
        };
        const changes = await listenForChanges(sessions);
        try {
          await untilStopped(async (stopped) => {
            const app = createApi({ db, changes, closing: stopped, onFault, token: door.token });
            const serving = await serve(door, app.fetch);
            const hint = door.token === undefined ? '' : ', for who sends the token';
            say(io, options, `the API is at ${serving.url}${hint}; Ctrl-C stops it`);
            await aborted(stopped);
            await serving.close();
          });
        } finally {
          changes.close();
        }
      });
    });
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It takes a port from 0 to 65535.');
  return port;
}
