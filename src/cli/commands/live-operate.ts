import { type Command, Option } from 'commander';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { userName } from '../../core/user-name.ts';
import type { RunStatus } from '../../live/store/status.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<RunStatus>[] = [
  { title: 'run', cell: ({ name }) => name },
  { title: 'state', cell: ({ state }) => state },
  { title: 'because', cell: ({ causes }) => causes.map(({ cause, because }) => `${cause}: ${because}`).join('; ') },
  { title: 'engine', cell: ({ isAtWork, holder }) => (isAtWork ? (holder ?? '') : 'none') },
  {
    title: 'position',
    cell: ({ positions }) =>
      Object.entries(positions)
        .map(([symbol, lots]) => `${lots} ${symbol}`)
        .join(', ') || '0',
  },
  { title: 'value', cell: ({ navMicros }) => (navMicros === null ? '' : (navMicros / 1e6).toFixed(2)) },
  { title: 'account', cell: ({ reconciled }) => reconciled },
  { title: 'as of', cell: ({ updatedAt }) => updatedAt },
  { title: 'orders', cell: ({ orders }) => String(orders) },
  { title: 'fills', cell: ({ fills }) => String(fills) },
  { title: 'incidents', cell: ({ incidents }) => String(incidents) },
  { title: 'model', cell: ({ model }) => model },
];

const tightening = {
  halt: 'sends no order any more; what is held stays',
  reduce: 'only reduces what is held',
  flatten: 'cancels everything and sells what is held',
  stop: 'sells everything, then ends',
} as const;

interface Given {
  readonly reason: string;
  readonly as?: string;
}

export function registerOperators(live: Command, io: Io): void {
  live
    .command('status [run]')
    .description('the runs: state and why, position, value, incidents')
    .action(async (run: string | undefined, _flags, command: Command) => {
      const options = optionsOf(command);
      const { readStatus } = await import('../../live/store/status.ts');
      const items = await withDatabase(options, ({ db }) => readStatus(db, run === undefined ? null : checkName('run', run)));
      printAnswer(io, options, { document: { items }, columns, rows: items, items, empty: 'no runs yet: `assay live run` begins one' });
    });

  for (const kind of ['halt', 'reduce', 'flatten', 'stop'] as const)
    live
      .command(`${kind} <run>`)
      .description(tightening[kind])
      .requiredOption('--reason <text>', 'why')
      .option('--as <name>', 'who asks (default: the user of this system)')
      .action((run: string, flags: Given, command: Command) => ask(run, kind, null, flags, command));

  live
    .command('resume <run>')
    .description('lets trading go on, a step at a time; some halts need two persons, who both ask within a quarter of an hour')
    .addOption(new Option('--to <state>', 'the next state').choices(['reducing', 'active']).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why it may, in ten characters at least')
    .option('--as <name>', 'who asks: riskPersons of the configuration names who may (default: the user of this system)')
    .action((run: string, flags: Given & { readonly to: 'reducing' | 'active' }, command: Command) =>
      ask(run, 'resume', flags.to, flags, command),
    );

  live
    .command('verify <run>')
    .description('walks the audit trail of a run')
    .action(async (run: string, _flags, command: Command) => {
      const options = optionsOf(command);
      const { verifyRun } = await import('../../live/store/status.ts');
      const found = await withDatabase(options, ({ db }) => verifyRun(db, checkName('run', run)));
      const said = found.intact ? `${found.records} records, head ${found.head}` : `record ${found.sequence}: ${found.because}`;
      printAnswer(io, options, { document: { run, ...found }, columns: [{ title: 'audit trail', cell: () => said }], rows: [found] });
      if (!found.intact)
        throw new AssayError('ledger_broken', `the audit trail of ${run} was altered: ${said}`, { hint: 'compare with a backup' });
    });

  async function ask(
    run: string,
    kind: keyof typeof tightening | 'resume',
    toState: 'reducing' | 'active' | null,
    { reason, as }: Given,
    command: Command,
  ): Promise<void> {
    const options = optionsOf(command);
    const by = as ?? userName();
    const { addCommand } = await import('../../live/store/commands.ts');
    const id = await withDatabase(options, ({ db }) => addCommand(db, checkName('run', run), { kind, toState, by, reason }));
    const document = { run, command: id, kind, by };
    printAnswer(io, options, { document, columns: [{ title: 'command', cell: () => String(id) }], rows: [document] });
    say(io, options, `${kind} is written: the engine of ${run} takes it within a second, or first of all when it starts`);
  }
}
