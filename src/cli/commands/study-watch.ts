import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { createLivePicture } from '../output/live-picture.ts';
import { say } from '../output/print.ts';
import { createWatchView } from '../output/watch-view.ts';
import { answersOf } from '../plot/answers.ts';
import { untilStopped } from '../stop-signal.ts';

/** A database that accepts and says nothing is told of after this. */
const answerMs = 30_000;

/** `study watch`. */
export function registerWatch(study: Command, io: Io): void {
  study
    .command('watch <study>')
    .description(
      'follow a study that runs elsewhere, a line for each trial that ends, until the study does; --json: a line for each page of changes',
    )
    .option('--since <revision>', 'also what changed after this revision; 0 for everything (default: from now on)')
    .action(async (name: string, flags: { since?: string }, command: Command) => {
      const options = optionsOf(command);
      checkName('study', name);
      const [{ findStudy }, { followStudy }, { listenForChanges }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/readers/follow-study.ts'),
        import('../../storage/study-changes.ts'),
      ]);
      await untilStopped((stopped) =>
        withDatabase({ ...options, answerMs }, async ({ db, sessions }) => {
          const { id } = await findStudy(db, name);
          const view = createWatchView(
            io,
            options,
            createLivePicture(io, () => answersOf({ db, dataDir: dataDirOf(options.dataDir) })),
          );
          let away = false;
          const onAway = (): void => {
            if (!away) {
              view.pause();
              say(io, options, 'the database does not answer, trying again');
            }
            away = true;
          };
          const changes = await listenForChanges(sessions);
          try {
            const pages = followStudy(db, id, { since: flags.since ?? null, params: true, changes, signal: stopped, onAway });
            for (let position = flags.since; ; ) {
              const { value, done } = await pages.next();
              if (done === true) {
                await view.end(value === 'complete');
                if (value === 'removed')
                  throw new AssayError('conflict', `study ${name} was removed`, { hint: 'assay study ls shows those that are there' });
                say(io, options, value === 'aborted' ? stoppedAt(position) : `study ${name} is ${value}`);
                return;
              }
              away = false;
              position = value.next;
              view.show(value);
            }
          } finally {
            changes.close();
            await view.end(false);
          }
        }),
      );
    });
}

function stoppedAt(position: string | undefined): string {
  return position === undefined ? 'stopped watching' : `stopped watching at revision ${position}; --since ${position} goes on`;
}
