import type { Command } from 'commander';
import { AssayError } from '../../core/errors.ts';
import { type ConfigFlags, withConfigOptions } from '../config-options.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import { jsonSafe, type Setting, settingsOf } from '../output/settings.ts';
import type { Column } from '../output/table.ts';
import { isStudyFile } from '../study-target.ts';

export function register(program: Command, io: Io): void {
  const config = program.command('config').description('configurations that study files read');
  withConfigOptions(
    config
      .command('show <study>')
      .description(
        'the configuration that a study reads, with includes, changes and defaults: of a file, or of a stored study by its name',
      ),
  ).action(async (target: string, { config: files, set }: ConfigFlags, command: Command) => {
    const options = optionsOf(command);
    const [{ loadStudy }, { readingConfigs }] = await Promise.all([
      import('../../runner/study-files/load-study.ts'),
      import('../../trading/config/reading.ts'),
    ]);
    const file = isStudyFile(target) ? target : await fileOfStored(target, options);
    const { loaded, configs } = await readingConfigs({ files, set }, () => loadStudy(file));
    printAnswer(io, options, {
      document: { study: loaded.definition.name, items: configs.map((read) => ({ file: read.file, config: jsonSafe(read.config) })) },
      columns,
      rows: configs.flatMap((read) => settingsOf(read.config)),
      footer: configs.map((read) => read.file).join('\n'),
      empty: 'the study reads no configuration while it loads',
    });
  });
}

/** @throws AssayError `source_changed` where the file is no longer what the study was last run with: it would show another configuration */
async function fileOfStored(name: string, options: GlobalOptions): Promise<string> {
  const [{ showStudy }, { moduleFileOf }, { sourceHashOf }] = await Promise.all([
    import('../../storage/readers/show-study.ts'),
    import('../../runner/study-files/module-url.ts'),
    import('../../runner/study-files/module-ref.ts'),
  ]);
  const { module } = await withDatabase(options, ({ db }) => showStudy(db, name));
  const file = moduleFileOf(module.url);
  const now = await sourceHashOf(file).catch((cause: unknown) => {
    throw new AssayError('conflict', `the file of the study ${name} cannot be read`, { place: file, hint: 'put it back', cause });
  });
  if (now === module.sourceHash) return file;
  throw new AssayError('source_changed', `the source of ${name} is another than it was last run with, its configuration included`, {
    place: file,
    hint: `restore its files; \`assay config show ${file}\` shows the configuration as it is now`,
  });
}

const columns: readonly Column<Setting>[] = [
  { title: 'key', cell: ({ key }) => key },
  { title: 'value', cell: ({ value }) => value, wrap: true },
];
