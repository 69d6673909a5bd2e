import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { completionScript, shells } from '../../src/cli/completion/scripts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { assayHere } from './assay.ts';

const database = useDatabase();
let study: string;

beforeAll(async () => {
  ({ name: study } = await studyWith(
    database.db,
    Array.from({ length: 11 }, (_, i) => ({ outcome: complete(i) })),
  ));
});

const words = async (...given: readonly string[]): Promise<readonly string[]> => {
  const { code, out, err } = await assayHere(['completion', 'words', '--', ...given], { DATABASE_URL: database.url });
  expect([code, err]).toEqual([0, '']);
  return out.split('\n').slice(0, -1);
};

test('studies and trials come from the database, with what they are', async () => {
  expect(await words('study', 'show', study.slice(0, 5))).toEqual([`${study}\t11 trials`]);
  expect(await words('gate', '')).toEqual([`${study}#\t11 trials`]);
  expect(await words('trial', 'show', `${study}#1`)).toEqual([`${study}#10\tcomplete: 10`, `${study}#1\tcomplete: 1`]);
  expect(await words('model', 'show', '')).toEqual([]);
});

test('a database that cannot be read is silence', async () => {
  const { code, out, err } = await assayHere(['completion', 'words', '--', 'best', ''], { DATABASE_URL: 'postgresql://127.0.0.1:1/none' });
  expect([code, out, err]).toEqual([0, '', '']);
});

test('bash completes by the program: words, a study with its trials, files', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const script = `assay() { '${process.execPath}' src/cli/assay.mjs "$@"; }
    ${completionScript('bash')}
    # The line as it is written, and its words as bash cuts them.
    ask() { COMP_LINE="assay $1"; COMP_POINT=\${#COMP_LINE}; shift; COMP_WORDS=(assay "$@"); COMP_CWORD=$#; _assay 2> /dev/null; printf '%s;' "\${COMPREPLY[@]}"; echo; }
    ask 'trial sh' trial sh; ask 'gate ${study}#9' gate '${study}#9'; ask 'run x ' run x ''; ask 'data import --stamp=e' data import --stamp = e`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: database.url },
  });
  expect(stdout.split('\n'), stderr).toEqual(['show;', `${study}#9;`, ';', 'end;', '']);
});

test.each(shells)('%s gets a script that it can read, where it is installed', (shell) => {
  const { status, stderr, error } = spawnSync(shell, ['-n'], { input: completionScript(shell), encoding: 'utf8' });
  if (error === undefined) expect([status, stderr]).toEqual([0, '']);
});
