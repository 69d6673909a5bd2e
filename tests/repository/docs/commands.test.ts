import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildProgram } from '../../../src/cli/main.ts';
import { commandsPage } from './commands-page.ts';

const sink = { write: () => undefined, isTerminal: false, width: () => 80 };
const program = buildProgram({ out: sink, err: sink, in: Readable.from([]), env: {} });

test('docs/commands.md is what the commands say of themselves; -u writes it', async () => {
  await expect(commandsPage(program)).toMatchFileSnapshot(fileURLToPath(new URL('../../../docs/commands.md', import.meta.url)));
});

test('the help gives each command once, by what a person wants to do, and its examples are commands', () => {
  let help = '';
  program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const headings = [...help.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    'Options',
    'Begin',
    'Search',
    'Understand a search',
    'Judge and promote',
    'Markets',
    'Run the platform',
    'Examples',
  ]);
  const listed = program.commands.map((command) => command.name());
  expect(new Set(listed).size).toBe(listed.length);
  const examples = [...help.split('\nExamples:\n')[1]!.matchAll(/^ {2}assay (\S+)(.*?) {2,}/gm)];
  expect(examples.length).toBeGreaterThan(5);
  for (const [line, name, rest] of examples) {
    const command = program.commands.find((one) => one.name() === name);
    const sub = command?.commands.find((one) => one.name() === rest!.trim().split(' ')[0]);
    for (const [flag] of rest!.matchAll(/--[a-z-]+/g))
      expect(
        (sub ?? command)!.options.map(({ long }) => long),
        line,
      ).toContain(flag);
    expect(command, line).toBeDefined();
  }
});
