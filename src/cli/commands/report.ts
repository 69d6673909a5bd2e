import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { parseStudyOrTrial } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';

export function register(program: Command, io: Io): void {
  program
    .command('report <study>')
    .description('write a study, or a trial such as study#3, as one HTML file that needs no server and no network')
    .option('-o, --out <file>', 'default: <study>.html or <study>-<n>.html; - for stdout')
    .option('--replace', 'take the place of a file that is there')
    .action(async (address: string, flags: { out?: string; replace?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const { study, number: trial } = parseStudyOrTrial(address);
      const file = flags.out ?? `${trial === null ? study : `${study}-${trial}`}.html`;
      if (file !== '-' && flags.replace !== true && existsSync(file))
        throw new AssayError('conflict', `${file} exists`, { hint: 'name another file with --out, or ask to replace it (--replace)' });
      const [{ makeReport }, { writeWhole }] = await Promise.all([
        import('../report/make-report.ts'),
        import('../../registry/write-whole.ts'),
      ]);
      const html = await withDatabase(options, ({ db }) => makeReport(db, options.dataDir, { study, trial }));
      if (file === '-') {
        io.out.write(html);
        return;
      }
      await writeWhole(file, html);
      const document = { study, trial, file, bytes: Buffer.byteLength(html) };
      printAnswer(io, options, { document, columns: [{ title: 'file', cell: (row) => row.file }], rows: [document] });
    });
}
