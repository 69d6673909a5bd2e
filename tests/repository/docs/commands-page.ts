import type { Argument, Command, Help, Option } from 'commander';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Text with what a page would take for markup as it is. */
const plain = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('*', '\\*');

function tableOf(title: string, rows: readonly (readonly [term: string, about: string])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [`| ${title} | |`, '| --- | --- |', ...rows.map(([term, about]) => `| ${code(term)} | ${cell(about)} |`), ''];
}

const optionRows = (help: Help, options: readonly Option[]) =>
  options.map((option) => [option.flags, help.optionDescription(option)] as const);

function sectionOf(help: Help, command: Command, path: string, depth: number): readonly string[] {
  const subcommands = command.commands.filter((sub) => help.visibleCommands(command).includes(sub));
  const args = command.registeredArguments.filter((argument: Argument) => argument.description !== '');
  return [
    `${'#'.repeat(depth)} ${path}`,
    '',
    code(`assay ${path} ${command.usage()}`.trim()),
    '',
    `${plain(command.description())}.`,
    '',
    ...tableOf(
      'argument',
      args.map((argument: Argument) => [argument.name(), help.argumentDescription(argument)] as const),
    ),
    ...tableOf(
      'option',
      optionRows(
        help,
        command.options.filter((option) => !option.hidden),
      ),
    ),
    ...subcommands.flatMap((sub) => sectionOf(help, sub, `${path} ${sub.name()}`, depth + 1)),
  ];
}

/** The page of all commands, made from the commands themselves. */
export function commandsPage(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  const groups = [...new Set(commands.map((command) => command.helpGroup()))];
  return `${[
    '# Commands',
    '',
    'Every command with its options, made from the commands themselves: `assay <command> --help` says the same.',
    '',
    ...tableOf('option of every command', optionRows(help, program.options)),
    ...groups.flatMap((group) => [
      `## ${group.replace(/:$/, '')}`,
      '',
      ...commands.filter((command) => command.helpGroup() === group).flatMap((command) => sectionOf(help, command, command.name(), 3)),
    ]),
  ]
    .join('\n')
    .trimEnd()}\n`;
}
