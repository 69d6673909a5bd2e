import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { ImportedItem } from '../../interop/import/optuna/import-studies.ts';
import type { Db } from '../../storage/database.ts';
import type { Io } from '../io.ts';
import { durationMs, optionsOf, withDatabase } from '../options.ts';
import { createBar } from '../output/bar.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { untilStopped } from '../stop-signal.ts';

interface Flags {
  readonly study: readonly string[];
  readonly as?: string;
  readonly zone: string;
  readonly watch?: boolean;
  readonly every: number;
}

/** Adds `import optuna`. */
export function register(parent: Command, io: Io): void {
  parent
    .command('optuna <source>')
    .description(
      'take over studies of Optuna: a file of SQLite or of a journal, postgresql://…, mysql://… or grpc://host:port; again: what is new',
    )
    .option('--study <name>', 'only this one; repeatable (default: all)', (name: string, names: readonly string[]) => [...names, name], [])
    .option('--as <name>', 'of the one study here (default: as there)')
    .option('--zone <zone>', 'in which Optuna runs, such as Europe/Berlin: its databases have local times', 'UTC')
    .option('--watch', 'go on until Ctrl-C, and take over what is new')
    .addOption(new Option('--every <duration>', 'how often to look with --watch').argParser(durationMs).default(10_000, '10s'))
    .action(async (text: string, _: unknown, command: Command) => {
      const options = optionsOf<Flags>(command);
      const { study: studies, as = null, zone, watch = false, every } = options;
      const [{ openSource }, { importStudies }] = await Promise.all([
        import('../../interop/import/optuna/open-source.ts'),
        import('../../interop/import/optuna/import-studies.ts'),
      ]);
      const source = openSource(text, zone);
      const notes = new Set<string>();
      const pass = async (db: Db): Promise<readonly ImportedItem[]> => {
        const bar = createBar(io, options);
        try {
          const { items, note } = await importStudies(db, source, {
            studies,
            as,
            onProgress: ({ study, done, of }) => bar.draw(`importing ${study}`, done, of),
          });
          bar.erase();
          if (note !== null && !notes.has(note)) say(io, options, `note: ${note}`);
          if (note !== null) notes.add(note);
          return items;
        } finally {
          bar.erase();
        }
      };
      try {
        await withDatabase(options, async ({ db }) => {
          const items = await pass(db);
          printAnswer(io, options, {
            document: { source: source.address, zone, items },
            columns,
            rows: items,
            empty: 'there are no studies',
          });
          if (!source.address.startsWith('journal:')) say(io, options, `times of ${source.address} were read as those of ${zone} (--zone)`);
          if (!watch) return;
          say(io, options, `watching ${source.address}; Ctrl-C ends it`);
          await untilStopped(async (stopped) => {
            while (await slept(every, stopped))
              for (const { study, added, updated } of await pass(db))
                if (added + updated > 0) say(io, options, `${study}: ${added} new, ${updated} updated`);
          });
        });
      } finally {
        await source.close();
      }
    });
}

/** @returns false if it was stopped meanwhile */
async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

const columns: readonly Column<ImportedItem>[] = [
  { title: 'study', cell: ({ study }) => study },
  { title: 'there', cell: ({ name }) => name },
  { title: 'trials', cell: ({ trials }) => String(trials) },
  { title: 'new', cell: ({ added }) => String(added) },
  { title: 'updated', cell: ({ updated }) => String(updated) },
  { title: 'renumbered', cell: ({ renumbered }) => String(renumbered) },
];
