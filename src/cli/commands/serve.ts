import type { Command } from 'commander';
import { AssayError } from '../../core/errors.ts';
import type { OptunaOptions } from '../../interop/optuna/server.ts';
import type { Io } from '../io.ts';
import { durationMs, optionsOf, portNumber, positiveWholeNumber, withDatabase } from '../options.ts';
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
    .option('--optuna [address]', "[host:]port where Optuna's clients find a storage (GrpcStorageProxy); 13000 without a value")
    .option('--optuna-open', 'also where other machines can reach it: its clients send no token')
    .option('--optuna-stale <duration>', 'fail a trial of such a client that wrote nothing for so long: 6h', durationMs)
    .option('--no-mlflow', 'answers no clients of MLflow, which otherwise log runs here with MLFLOW_TRACKING_URI')
    .action(async (flags: ServeFlags, command: Command) => {
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
      const optuna = await optunaOptions(flags);
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
              mlflow: flags.mlflow,
              pages: () => pagesFolder({ dataDir: options.dataDir }),
            });
            const storage = optuna === null ? null : await optuna.serve({ db, onFault });
            try {
              const serving = await serve(listen, app.fetch);
              const hint = listen.token === undefined ? '' : ', for who has the token';
              say(io, options, `the dashboard is at ${serving.url}, the API at ${serving.url}/v1${hint}; Ctrl-C stops it`);
              if (storage !== null) say(io, options, storage.said);
              await aborted(stopped);
              await serving.close();
            } finally {
              await storage?.close();
            }
          });
        } finally {
          changes.close();
          faults.close();
          await revival.close();
        }
      });
    });
}

interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly maxStreams: number;
  readonly mlflow: boolean;
  readonly optuna?: string | true;
  readonly optunaOpen?: boolean;
  readonly optunaStale?: number;
}

/** What the flags say of a storage for Optuna (null: none). @throws AssayError `usage` */
async function optunaOptions({ optuna, optunaOpen = false, optunaStale }: ServeFlags) {
  if (optuna === undefined) {
    if (!optunaOpen && optunaStale === undefined) return null;
    throw new AssayError('usage', `--optuna-${optunaOpen ? 'open' : 'stale'} says something of --optuna, which is not there`, {
      place: '--optuna',
      hint: 'add --optuna',
    });
  }
  const [{ optunaAddress }, { serveOptuna }] = await Promise.all([
    import('../optuna-address.ts'),
    import('../../interop/optuna/server.ts'),
  ]);
  const { host, port, open } = optunaAddress(optuna, optunaOpen);
  return {
    serve: async (on: Pick<OptunaOptions, 'db' | 'onFault'>) => {
      const { port: bound, close } = await serveOptuna({ ...on, host, port, staleMs: optunaStale ?? null });
      const warning = open ? '; whoever reaches this address can read and write those studies, since their clients send no token' : '';
      return { close, said: `Optuna's clients: GrpcStorageProxy(host="${host}", port=${bound})${warning}` };
    },
  };
}
