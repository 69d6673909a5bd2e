import { type Command, InvalidArgumentError } from 'commander';

export interface ConfigFlags {
  readonly config: readonly string[];
  readonly set: Readonly<Record<string, string>>;
}

/** Adds `--config` and `--set`, which change the configurations that a study file reads. */
export function withConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'a configuration merged over the one that the study reads (repeatable)', anotherFile, [])
    .option(
      '--set <configs.key=value>',
      'a value of that configuration, written as in YAML: configs.training.updates=2000 (repeatable)',
      configSetting,
      {},
    );
}

function anotherFile(file: string, before: readonly string[]): readonly string[] {
  return [...before, file];
}

function configSetting(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, key, value] = /^configs\.([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || key.split('.').includes(''))
    throw new InvalidArgumentError('It takes configs.key=value, such as configs.training.updates=2000.');
  return { ...before, [key]: value };
}
