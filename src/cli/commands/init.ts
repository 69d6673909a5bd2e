import { resolve } from 'node:path';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import type { PlannedFile } from '../init/start-project.ts';
import type { Io } from '../io.ts';
import { localCopy } from '../local-copy.mjs';
import { optionsOf } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('init [folder]')
    .description('begin a project of your own: a study that runs at once, settings, scripts; overwrites nothing')
    .option('--yes', 'ask nothing')
    .action(async (given: string | undefined, flags: { readonly yes?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const { changeTo, planProject, startProject } = await import('../init/start-project.ts');
      const folder = resolve(given ?? '.');
      const plan = planProject(folder);
      const changes = plan.filter(({ text }) => text !== null);
      const names = changes.map(({ file }) => file).join(', ');
      if (changes.length > 0) {
        await confirm(io, flags, `Make ${names} in ${folder}?`, 'this makes files');
        startProject(folder, plan);
      }
      const items = plan.map(({ file, what, note }) => ({ file, what, note }));
      printAnswer(io, options, { document: { folder, files: items }, columns, rows: plan, items });
      const steps = [
        changeTo(folder, process.cwd()),
        localCopy(folder) === null ? 'npm install --ignore-scripts' : '',
        'npm run search    # twenty trials of studies/first.ts, a few seconds',
        'npm run serve     # the dashboard on http://127.0.0.1:4000',
      ];
      say(
        io,
        options,
        steps
          .filter((step) => step !== '')
          .map((step) => `  ${step}`)
          .join('\n'),
      );
    });
}

const columns: readonly Column<PlannedFile>[] = [
  { title: 'file', cell: ({ file }) => file },
  { title: 'what', cell: ({ what }) => what },
  { title: 'note', cell: ({ note }) => note, wrap: true },
];
