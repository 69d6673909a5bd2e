import { Argument, type Command } from 'commander';
import { completionScript, type Shell, shells } from '../completion/scripts.ts';
import type { Io } from '../io.ts';
import { optionsOf } from '../options.ts';

export function register(program: Command, io: Io): void {
  const completion = program
    .command('completion')
    .description('print a script by which a shell completes commands, options, studies, trials and models')
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText(
      'after',
      `
Install:
  bash  echo 'source <(assay completion bash)' >> ~/.bashrc
  zsh   echo 'source <(assay completion zsh)' >> ~/.zshrc, below compinit
  fish  assay completion fish > ~/.config/fish/completions/assay.fish
`,
    )
    .action((shell: Shell) => io.out.write(completionScript(shell)));
  completion.command('words [words...]', { hidden: true }).action(async (words: readonly string[], _: unknown, command: Command) => {
    const { expected } = await import('../completion/candidates.ts');
    const next = expected(program, words);
    if (next.kind === 'files') return;
    const { readNames } = await import('../completion/names.ts');
    const candidates = next.kind === 'words' ? next.candidates : await readNames(optionsOf(command), next.of, words.at(-1) ?? '');
    for (const { word, about } of candidates) io.out.write(about === '' ? `${word}\n` : `${word}\t${about.replaceAll(/\s+/g, ' ')}\n`);
  });
}
