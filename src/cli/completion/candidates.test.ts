import { Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { expected } from './candidates.ts';

function program(): Command {
  const root = new Command('assay')
    .option('--json', 'print one JSON document')
    .addOption(new Option('--log <format>').choices(['text', 'json']));
  root.command('best <study>').option('--top <k>', 'how many').option('--robust');
  const trial = root.command('trial').description('trials');
  trial.command('show <trial>').description('one trial');
  trial.command('retry [trials...]');
  trial.command('hidden', { hidden: true });
  const imports = root.command('import <file>').addOption(new Option('--from <program>').choices(['wandb', 'ray']));
  imports.command('optuna <source>').description('studies of Optuna');
  return root;
}

const next = (...words: readonly string[]) => {
  const found = expected(program(), words);
  return found.kind === 'words' ? found.candidates.map(({ word }) => word) : found.kind === 'names' ? found.of : 'files';
};

test.each([
  [[''], ['best', 'trial', 'import']],
  [['tr'], ['trial']],
  [['--json', 'tr'], ['trial']],
  [['--log', 'json', 'tr'], ['trial']],
  [
    ['trial', ''],
    ['show', 'retry'],
  ],
  [['trial', 'show', ''], 'trial'],
  [['trial', 'show', 'a#1', ''], []],
  [['trial', 'retry', 'a#1', 'a#'], 'trial'],
  [['best', 'na'], 'study'],
  [['best', '--top', ''], 'files'],
  [['best', '--top', '3', ''], 'study'],
  [['best', '--top=3', ''], 'study'],
  [['best', '--robust', ''], 'study'],
  [
    ['best', '--'],
    ['--top', '--robust', '--json', '--log'],
  ],
  [['best', '--ro'], ['--robust']],
  [['best', '--', '-x'], 'study'],
  [['--log', 'j'], ['json']],
  [['--log='], ['--log=text', '--log=json']],
  [['import', 'o'], ['optuna']],
  [['import', 'sweep.'], 'files'],
  [
    ['import', 'x.yaml', '--from', ''],
    ['wandb', 'ray'],
  ],
  [['import', 'optuna', ''], 'files'],
  [['unknown', ''], []],
] as const)('%j: %j', (words, found) => {
  expect(next(...words)).toEqual(found);
});

test('a word comes with what it is', () => {
  expect(expected(program(), ['tri'])).toEqual({ kind: 'words', candidates: [{ word: 'trial', about: 'trials' }] });
});
