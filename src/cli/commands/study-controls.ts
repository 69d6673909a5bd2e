import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { userName } from '../../core/user-name.ts';
import type { ControlResult, StudyControl } from '../../storage/commands/control-study.ts';
import { studyControls } from '../../storage/commands/descriptions.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';

/** `study pause|resume|stop|cancel|rm`. */
export function registerControls(study: Command, io: Io): void {
  for (const [control, description] of Object.entries(studyControls) as [StudyControl, string][]) {
    const command = study.command(`${control} <study>`).description(description);
    if (control === 'cancel') command.option('--yes', 'do not ask');
    command.action(async (name: string, flags: { yes?: boolean }, self: Command) => {
      const options = optionsOf(self);
      checkName('study', name);
      if (control === 'cancel') await confirm(io, flags, `End the running trials of ${name}? What they have done so far is lost.`);
      const [{ findStudy }, { controlStudy }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/commands/control-study.ts'),
      ]);
      const result = await withDatabase(options, async ({ db }) => controlStudy(db, (await findStudy(db, name)).id, control, userName()));
      printOutcome(io, self, name, result);
    });
  }

  study
    .command('rm <study>')
    .description('remove a study with its trials, curves and validations')
    .option('--yes', 'do not ask')
    .action(async (name: string, flags: { yes?: boolean }, self: Command) => {
      const options = optionsOf(self);
      checkName('study', name);
      const [{ findStudy }, { removeStudy }, { countTried }, { countStudyLooks }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/commands/remove-study.ts'),
        import('../../storage/validations/tried.ts'),
        import('../../storage/validations/looks.ts'),
      ]);
      const counted = await withDatabase(options, async ({ db }) => {
        const { id, nextNumber } = await findStudy(db, name);
        const [tried, looks] = [await countTried(db, id), await countStudyLooks(db, id)];
        await confirm(io, flags, `Remove study ${name} and its ${nextNumber} trials for ever?`);
        await removeStudy(db, id);
        return { tried, looks };
      });
      printAnswer(io, options, {
        document: { study: name, removed: true },
        columns: [{ title: 'removed', cell: () => name }],
        rows: [name],
        items: [{ study: name, removed: true }],
      });
      if (counted.tried > 0) {
        const looks = counted.looks === null ? '' : `, and so do ${counted.looks} looks at its test days`;
        say(io, options, `its ${counted.tried} trials still count against luck, for every study on the same data${looks}`);
      }
    });
}

function printOutcome(io: Io, command: Command, study: string, { desiredState, complete, cancelled, ending }: ControlResult): void {
  const document = { study, desiredState, complete, cancelled, ending };
  printAnswer(io, optionsOf(command), {
    document,
    columns: [
      { title: 'study', cell: () => study },
      { title: 'state', cell: () => desiredState },
      { title: 'cancelled', cell: () => String(cancelled), align: 'right' },
      { title: 'told to end', cell: () => String(ending), align: 'right' },
    ],
    rows: [document],
  });
  if (complete) say(io, optionsOf(command), `${study} has nothing left to run: its budget is used up, and every trial has ended`);
}
