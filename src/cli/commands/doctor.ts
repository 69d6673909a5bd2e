import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Command } from 'commander';
import pc from 'picocolors';
import { dataDirOf, makeDataDir, openFolders } from '../../core/data-dir.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';

/** What one look found. `warn`: it works, but one should know. */
interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly hint?: string;
}

type Check = (options: GlobalOptions) => Promise<Finding>;

export function register(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('whether this machine can run studies: Node, processor, disk, database, compute')
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const looked = await Promise.all(checks.map(({ check, look }) => look(options).catch((error: unknown) => failed(check, error))));
      const findings = [...looked, ...(await executors())];
      const paint = { ok: pc.green, warn: pc.yellow, fail: pc.red };
      printAnswer(io, options, {
        document: { items: findings },
        columns: [
          { title: 'check', cell: (finding) => finding.check },
          { title: 'state', cell: (finding) => paint[finding.state](finding.state) },
          { title: 'found', cell: (finding) => finding.found, wrap: true },
          { title: 'hint', cell: (finding) => finding.hint ?? '', wrap: true },
        ],
        rows: findings,
      });
      const broken = findings.filter((finding) => finding.state === 'fail').map((finding) => finding.check);
      if (broken.length > 0) throw new AssayError('unavailable', `not ready: ${broken.join(', ')}`, { hint: 'see the hints in the table' });
    });
}

function failed(check: string, error: unknown): Finding {
  const hint = error instanceof AssayError ? error.hint : undefined;
  return { check, state: 'fail', found: messageOf(error), ...(hint !== undefined && { hint }) };
}

/** Only onnx must run: it needs nothing but the installed packages. */
async function executors(): Promise<readonly Finding[]> {
  const { reportExecutors } = await import('../../tensor/executors/choose.ts');
  return (await reportExecutors()).map(({ id, ready, found, hint }) => ({
    check: `executor ${id}`,
    state: ready ? 'ok' : id === 'onnx' ? 'fail' : 'warn',
    found,
    ...(hint !== undefined && { hint }),
  }));
}

const gigabyte = 2 ** 30;
const leastFreeBytes = 2 * gigabyte;

const checks: readonly { readonly check: string; readonly look: Check }[] = [
  {
    check: 'node',
    look: async () => ({ check: 'node', state: 'ok', found: `${process.versions.node} on ${process.platform}-${process.arch}` }),
  },
  {
    check: 'processor',
    look: async () => ({
      check: 'processor',
      state: 'ok',
      found: `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / gigabyte).toFixed(1)} GiB of memory`,
    }),
  },
  {
    check: 'data directory',
    look: async ({ dataDir }) => {
      const folder = dataDirOf(dataDir);
      makeDataDir(folder);
      await access(folder, constants.W_OK);
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const found = `${folder}, ${(free / gigabyte).toFixed(1)} GiB free`;
      const open = openFolders(folder);
      const hints = [
        ...(free >= leastFreeBytes ? [] : ['less than 2 GiB free: artifacts and the database may fill it']),
        ...(open.length === 0 ? [] : [`other users of this machine can read it: chmod 700 ${open.join(' ')}`]),
      ];
      if (hints.length === 0) return { check: 'data directory', state: 'ok', found };
      return { check: 'data directory', state: 'warn', found, hint: hints.join('; ') };
    },
  },
  {
    check: 'database',
    look: (options) =>
      withDatabase(options, async ({ pool, kind, url }) => {
        const { rows } = await pool.query<{ server_version: string }>('show server_version');
        return { check: 'database', state: 'ok', found: `${kind} PostgreSQL ${rows[0]?.server_version ?? '?'} at ${url}` };
      }),
  },
  {
    check: 'ledger',
    look: (options) =>
      withDatabase(options, async ({ db }) => {
        const { verifyModels } = await import('../../registry/verify.ts');
        const { findings, records } = await verifyModels(db);
        if (findings.length === 0)
          return { check: 'ledger', state: 'ok', found: `${records} promotion records: the chain and the tables of models agree` };
        const found = findings.map((finding) => `${finding.place}: ${finding.found}`).join('; ');
        return { check: 'ledger', state: 'fail', found, hint: 'assay model verify looks closer; docs/ledger.md says what it means' };
      }),
  },
  {
    check: 'clock',
    look: (options) =>
      withDatabase(options, async ({ pool }) => {
        const beforeMs = Date.now();
        const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
        const skewMs = (rows[0]?.now.getTime() ?? Number.NaN) - (beforeMs + Date.now()) / 2;
        const found = `${Math.abs(skewMs).toFixed(0)} ms from the database's`;
        return Math.abs(skewMs) < 5000
          ? { check: 'clock', state: 'ok', found }
          : {
              check: 'clock',
              state: 'warn',
              found,
              hint: 'times in lists will look odd; leases are safe, they use the database clock alone',
            };
      }),
  },
];
