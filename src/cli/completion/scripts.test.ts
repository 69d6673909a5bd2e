import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completionScript } from './scripts.ts';

const isThere = spawnSync('bash', ['--version']).status === 0;

/** What bash puts in place of the last of its words, where the program answers with its last word and an end. */
function completed(line: string, words: readonly string[]): readonly string[] {
  const program = `assay() { printf '%s\\n' "$#" >&2; printf '%s\\tabout\\n' "\${@: -1}end"; }
    compopt() { :; }
    ${completionScript('bash').replace('2> /dev/null', '')}
    COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2))
    _assay; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', line, ...words], { encoding: 'utf8' });
  return [...stderr.trim().split('\n'), ...stdout.trim().split('\n')];
}

// The words as bash itself cuts them. The program gets `completion words --` before those of the line.
test.skipIf(!isThere).each([
  ['assay model show n', ['assay', 'model', 'show', 'n'], ['6', 'nend']],
  ['assay model show nvda@c', ['assay', 'model', 'show', 'nvda', '@', 'c'], ['6', 'cend']],
  ['assay model show nvda@', ['assay', 'model', 'show', 'nvda', '@'], ['6', 'end']],
  ['assay run --sampler=t', ['assay', 'run', '--sampler', '=', 't'], ['5', 'tend']],
  ['assay model ', ['assay', 'model', ''], ['5', 'end']],
])('bash: %s', (line, words, answer) => {
  expect(completed(line, words)).toEqual(answer);
});
