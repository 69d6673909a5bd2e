import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import type { Converted } from '../../interop/import/spaces/converted.ts';
import type { SpaceSource } from '../../interop/import/spaces/import-space.ts';
import type { Io } from '../io.ts';
import { optionsOf } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import { register as registerOptuna } from './import-optuna.ts';

interface ImportFlags {
  readonly from?: SpaceSource;
  readonly approximate?: boolean;
  readonly as?: string;
  readonly out?: string;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('import <file>')
    .description(
      'make a study file from a sweep of Weights & Biases, or from a dumped space of Ray Tune or Hyperopt; or take over studies of Optuna',
    )
    .addOption(new Option('--from <program>', 'whose space it is (default: what the file is)').choices(['wandb', 'ray', 'hyperopt']))
    .option('--approximate', 'take a range of three standard deviations for a normal distribution')
    .option('--as <name>', 'of the study (default: what the file calls itself, or its own name)')
    .option('--out <file>', 'the study file (default: studies/<name>.ts); nothing is overwritten')
    .action(async (path: string, flags: ImportFlags, self: Command) => {
      const options = optionsOf(self);
      if (path.endsWith('.py')) throw undumped(path);
      const [{ importSpace }, { readSpaceFile }, { writeNew }, { paramText }] = await Promise.all([
        import('../../interop/import/spaces/import-space.ts'),
        import('../../interop/import/spaces/space-file.ts'),
        import('../../interop/import/spaces/write-new.ts'),
        import('../../interop/import/spaces/source-text.ts'),
      ]);
      const { name, params, text } = importSpace(readSpaceFile(path), { from: flags.from, approximate: flags.approximate, name: flags.as });
      const out = flags.out ?? join('studies', `${name}.ts`);
      writeNew(resolve(out), text);
      const becomes = ({ param }: Converted): string => paramText(param, '').replaceAll(/\s+/g, ' ');
      const items = params.map((each) => ({ parameter: each.name, becomes: becomes(each), notes: each.notes }));
      printAnswer(io, options, {
        document: { study: name, file: out, params: items },
        columns: [
          { title: 'parameter', cell: ({ parameter }) => parameter },
          { title: 'becomes', cell: (item) => item.becomes, wrap: true },
          { title: 'note', cell: ({ notes }) => notes.join('; '), wrap: true },
        ],
        rows: items,
      });
      say(io, options, `${out}: read it, write or check its objective, then assay smoke ${out}`);
    });
  registerOptuna(command, io);
}

function undumped(path: string): AssayError {
  return new AssayError('usage', 'this is Python, which only Python can read', {
    place: path,
    hint: `python ${join(packageRoot, 'src/interop/python/dump_space.py')} ${path} > space.json, then assay import space.json`,
  });
}
