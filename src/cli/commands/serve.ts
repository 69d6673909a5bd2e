import { type Command, InvalidArgumentError } from 'commander';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, wholeNumber, withDatabase } from '../options.ts';
import { say } from '../output/print.ts';
import { aborted, untilStopped } from '../stop-signal.ts';

/** A request whose database accepts and says nothing is answered 503 after this; one that has to open a session first, after 10 s. */
const answerMs = 30_000;

export function register(program: Command, io: Io): void {
  program
    .command('serve')
    .description('the dashboard and the API over HTTP, for this machine only; with a token in ASSAY_TOKEN also for others')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes any free port', portNumber, 4000)
    .option('--max-streams <n>', 'event streams at a time; further ones are asked to come again', positiveWholeNumber, 64)
    .action(async (flags: { host: string; port: number; maxStreams: number }, command: Command) => {
      const options = optionsOf(command);
      const [
        { listenOptions, serve },
        { createApi },
        { createFaultLog },
        { createRevival },
        { listenForChanges },
        { databaseFault },
        { pagesFolder },
      ] = await Promise.all([
        import('../../api/serve.ts'),
        import('../../api/app.ts'),
        import('../../api/fault-log.ts'),
        import('../../api/revival.ts'),
        import('../../storage/study-changes.ts'),
        import('../../storage/database-fault.ts'),
        import('../../api/web/build.ts'),
      ]);
      // Before the database: a refused command starts nothing.
      const listen = listenOptions({ ...flags, token: io.env['ASSAY_TOKEN'] });
      await withDatabase({ ...options, answerMs }, async ({ db, sessions, kind }) => {
        const faults = createFaultLog(({ text, error, n }) => {
          if (io.log === undefined) io.err.write(`error: ${text}\n`);
          else io.log.fault(error, { n });
        });
        // Only the embedded server is ours to start.
        const revival = createRevival({ revive: () => withDatabase(options, async () => undefined), onFault: faults.add });
        const onFault = (error: unknown): void => {
          faults.add(error);
          if (kind === 'embedded' && databaseFault(error)?.code === 'database_unavailable') revival.begin();
        };
        const changes = await listenForChanges(sessions);
        try {
          await untilStopped(async (stopped) => {
            const app = createApi({
              db,
              dataDir: options.dataDir,
              changes,
              closing: stopped,
              onFault,
              token: listen.token,
              mostStreams: flags.maxStreams,
              pages: () => pagesFolder({ dataDir: options.dataDir }),
            });
            const serving = await serve(listen, app.fetch);
            const hint = listen.token === undefined ? '' : ', for who has the token';
            say(io, options, `the dashboard is at ${serving.url}, the API at ${serving.url}/v1${hint}; Ctrl-C stops it`);
            await aborted(stopped);
            await serving.close();
          });
        } finally {
          changes.close();
          faults.close();
          await revival.close();
        }
      });
    });
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('It takes a port from 0 to 65535.');
  return port;
}
