import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { durationMs, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';

interface GcFlags {
  readonly keepTop?: number;
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('gc')
    .description('remove artifacts that no rule keeps; what was promoted, evidence and open checkpoints always stay')
    .option('--keep-top <k>', 'of each study, keep what its k best trials attached (default: of all trials)', positiveWholeNumber)
    .option('--older-than <duration>', 'leave younger bytes alone: they may be on their way', durationMs, 3_600_000)
    .option('--dry-run', 'say what would go, and leave everything as it is')
    .option('--yes', 'do not ask')
    .action(async (flags: GcFlags, command: Command) => {
      const options = optionsOf(command);
      const dataDir = dataDirOf(options.dataDir);
      const { dryRun = false, keepTop = null, olderThan: olderThanMs } = flags;
      if (!dryRun)
        await confirm(
          io,
          flags,
          keepTop === null
            ? 'Remove what nothing refers to?'
            : `Remove what only trials beyond the ${keepTop} best of each study attached?`,
        );
      const [{ collectGarbage }, { createArtifactStore }, { sweepDrafts }] = await Promise.all([
        import('../../storage/artifacts/collect.ts'),
        import('../../storage/artifacts/open.ts'),
        import('../../storage/artifacts/drafts.ts'),
      ]);
      if (!dryRun) await sweepDrafts(dataDir);
      const collected = await withDatabase(options, ({ db }) =>
        collectGarbage(db, createArtifactStore(dataDir), { keepTop, olderThanMs, dryRun }),
      );
      const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
      const rows = [
        { what: 'checkpoints of finished trials', count: collected.checkpoints, size: '' },
        { what: 'attachments', count: collected.attachments, size: '' },
        {
          what: dryRun ? 'artifacts that would go' : 'artifacts removed',
          count: collected.removed,
          size: megabytes(collected.removedBytes),
        },
        { what: 'artifacts kept', count: collected.kept, size: megabytes(collected.keptBytes) },
      ];
      printAnswer(io, options, {
        document: collected,
        columns: [
          { title: 'what', cell: ({ what }) => what },
          { title: 'count', cell: ({ count }) => String(count), align: 'right' },
          { title: 'size', cell: ({ size }) => size, align: 'right' },
        ],
        rows,
        items: [collected],
      });
    });
}
