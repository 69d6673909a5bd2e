import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { parseStudyOrTrial } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Scheme } from '../../plot/palette.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import { answersOf } from '../plot/answers.ts';
import { type PlotAsked, type PlotKind, plotKinds } from '../plot/asked.ts';

interface Flags extends Pick<PlotAsked, 'metric' | 'objective' | 'x' | 'y'> {
  readonly out: string;
  readonly width?: number;
  readonly scheme: Scheme;
  readonly replace?: boolean;
}

const pictures = ['.svg', '.png'];

export function register(program: Command, io: Io): void {
  program
    .command('plot')
    .argument('<study>', 'or a trial for its equity, such as study#3 (default: the best one)')
    .addArgument(new Argument('<kind>', 'what is drawn').choices(plotKinds))
    .description('draw a study as a picture (.svg, .png), or with characters in the terminal (--out -)')
    .requiredOption('-o, --out <file>', 'ends with .svg or .png; - for the terminal', outFile)
    .option('--replace', 'take the place of a file that is there')
    .option('--metric <name>', 'history and curves: draw this metric in place of the objective')
    .option('--objective <name>', 'of several objectives, this one (default: the first)')
    .addOption(new Option('--x <axis>', 'history: order of the trials').choices(['number', 'time']))
    .addOption(new Option('--y <axis>', 'history: linear or logarithmic').choices(['linear', 'log']))
    .option('--width <px>', 'of the picture; a .png has twice as many for sharp letters (default: 760)', pictureWidth)
    .addOption(new Option('--scheme <name>', 'colours of the picture').choices(['light', 'dark']).default('light'))
    .action(async (address: string, kind: PlotKind, flags: Flags, command: Command) => {
      const options = optionsOf(command);
      const { study, number: trial } = parseStudyOrTrial(address);
      if (trial !== null && kind !== 'equity')
        throw new AssayError('usage', `${kind} is of a whole study`, { place: address, hint: `assay plot ${study} ${kind} draws it` });
      if (flags.out !== '-' && flags.replace !== true && existsSync(flags.out))
        throw new AssayError('conflict', `${flags.out} exists`, { hint: 'name another file, or ask to replace it (--replace)' });
      const { chartOf } = await import('../plot/kinds.ts');
      const chart = await withDatabase(options, async ({ db }) =>
        chartOf(kind, { ...flags, study, trial }, await answersOf({ db, dataDir: dataDirOf(options.dataDir) })),
      );
      const { showChart, writeChart } = await import('../plot/draw.ts');
      if (flags.out === '-') {
        if (options.json === true || options.jsonl === true) io.out.write(`${JSON.stringify(chart)}\n`);
        else showChart(io, chart);
        return;
      }
      await writeChart(flags.out, chart, flags);
      const document = { study, trial, kind, file: flags.out };
      printAnswer(io, options, { document, columns: [{ title: 'file', cell: ({ file }) => file }], rows: [document] });
    });
}

function outFile(text: string): string {
  if (text !== '-' && !pictures.includes(extname(text).toLowerCase()))
    throw new InvalidArgumentError('It ends with .svg or .png, or is - for the terminal.');
  return text;
}

function pictureWidth(text: string): number {
  const px = Number(text);
  if (!/^\d+$/.test(text) || px < 320 || px > 4000) throw new InvalidArgumentError('It takes a whole number from 320 to 4000.');
  return px;
}
