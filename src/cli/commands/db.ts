import { type Command, Option } from 'commander';
import { AssayError } from '../../core/errors.ts';
import type { GrantKind } from '../../storage/grant.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';

export function register(program: Command, io: Io): void {
  const db = program.command('db').description('the database: the embedded server, or the one that DATABASE_URL names');

  db.command('up')
    .description('start the embedded server (or reach the external one) and bring the schema up to date')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      await withDatabase(options, async (connection) => {
        const document = { kind: connection.kind, url: connection.url };
        printAnswer(io, options, { document, ...facts(document) });
      });
    });

  db.command('down')
    .description('stop the embedded server; acknowledged commits stay')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      refuseExternal(options);
      const { stopEmbedded } = await import('../../storage/embedded/server.ts');
      const outcome = await stopEmbedded(options);
      say(io, options, outcome.state === 'not-running' ? 'the embedded server was not running' : 'the embedded server has stopped');
    });

  db.command('status')
    .description('whether it runs, where, and which version; changes nothing')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      const document = await status(options);
      printAnswer(io, options, { document, ...facts(document) });
    });

  db.command('url')
    .description('the connection URL for psql and other tools (a password in it is hidden)')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      const { url } = await status(options);
      if (url === null) {
        throw new AssayError('database_unavailable', 'the embedded server is not running', { hint: 'start it with `assay db up`' });
      }
      io.out.write(options.json ? `${JSON.stringify({ url })}\n` : `${url}\n`);
    });

  db.command('migrate')
    .description('bring the schema up to date')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      await withDatabase(options, async () => say(io, options, 'the schema is up to date'));
    });

  db.command('grant <role>')
    .description('give an existing role of the database what a worker, or a reader, needs and no more')
    .addOption(
      new Option('--as <kind>', 'worker: runs trials, promotes nothing; reader: changes nothing').choices(kinds).makeOptionMandatory(),
    )
    .action(async (role: string, flags: { readonly as: GrantKind }, command: Command) => {
      const options = optionsOf(command);
      const { grantTo } = await import('../../storage/grant.ts');
      await withDatabase(options, ({ pool }) => grantTo(pool, role, flags.as));
      say(io, options, `${role} is a ${flags.as} now; repeat this after an update that migrates the schema`);
    });
}

const kinds: readonly GrantKind[] = ['worker', 'reader'];

type DatabaseStatus = {
  readonly kind: 'embedded' | 'external';
  readonly running: boolean;
  readonly url: string | null;
  readonly version: string | null;
  readonly pid: number | null;
  readonly dataDir: string | null;
  readonly logFile: string | null;
};

function externalUrl(options: GlobalOptions): string | undefined {
  return options.databaseUrl || process.env['DATABASE_URL'] || undefined;
}

function refuseExternal(options: GlobalOptions): void {
  if (externalUrl(options) === undefined) return;
  throw new AssayError('usage', 'DATABASE_URL names a server that is not ours to stop', {
    hint: 'unset DATABASE_URL to stop the embedded server, or stop yours by its own means',
  });
}

async function status(options: GlobalOptions): Promise<DatabaseStatus> {
  if (externalUrl(options) === undefined) {
    const { embeddedStatus } = await import('../../storage/embedded/server.ts');
    const { running, url, version, pid, dataDir, logFile } = await embeddedStatus(options);
    return { kind: 'embedded', running, url: url ?? null, version: version ?? null, pid: pid ?? null, dataDir, logFile };
  }
  const { connect } = await import('../../storage/connect.ts');
  const connection = await connect(options);
  try {
    const { rows } = await connection.pool.query<{ server_version: string }>('show server_version');
    const version = rows[0]?.server_version ?? null;
    return { kind: 'external', running: true, url: connection.url, version, pid: null, dataDir: null, logFile: null };
  } finally {
    await connection.close();
  }
}

function facts(document: Readonly<Record<string, string | number | boolean | null>>) {
  return {
    columns: [
      { title: 'what', cell: ([name]: Fact) => name },
      { title: 'value', cell: ([, value]: Fact) => (value === null ? '-' : String(value)) },
    ],
    rows: Object.entries(document),
  };
}

type Fact = readonly [string, string | number | boolean | null];
