import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { assay, assayHere, type CommandResult } from './assay.ts';

const database = useDatabase();
let folder: string;
let env: Readonly<Record<string, string>>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  env = { DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The exit code, the place and a hint on stderr, nothing on stdout, and no stack. */
async function expectRefusal(parameters: readonly string[], code: number, ...said: readonly (string | RegExp)[]): Promise<void> {
  expectRefused(await assayHere(parameters, env), code, ...said);
}

function expectRefused(result: CommandResult, code: number, ...said: readonly (string | RegExp)[]): void {
  expect({ code: result.code, out: result.out }).toEqual({ code, out: '' });
  for (const text of said) expect(result.err).toMatch(text);
  expect(result.err).toMatch(/^hint: /m);
  expect(result.err).not.toMatch(/^\s+at /m);
}

const study = (space: string, rest = '') => `import { choice, defineStudy, float } from 'assay';
export default defineStudy({
  name: 'bad',
  direction: 'minimize',
  space: ${space},
  objective: ({ params }) => ${rest || '1'},
});
`;

describe('a study file', () => {
  test('with a type error is refused with the line: by the executable, as by its command line', async () => {
    const file = written('type-error.ts', study('{ x: float(0, 1) }', 'params.y'));
    expectRefused(assay(['run', file], env), 2, /type-error\.ts:6:\d+/, /'y'/);
    await expectRefusal(['run', file], 2, /type-error\.ts:6:\d+/, /'y'/);
  });

  test('with a syntax error is refused with the line', async () => {
    await expectRefusal(['run', written('syntax.ts', 'export default {\n  name: \n')], 2, /syntax\.ts:\d/);
  });

  test('without a default export is refused', async () => {
    await expectRefusal(['run', written('no-default.ts', 'export const study = 1;\n')], 2, /no-default\.ts/, /default/);
  });

  test('whose default export is no study is refused', async () => {
    await expectRefusal(['run', written('other.ts', 'export default { name: "x" };\n')], 2, /defineStudy/);
  });

  test.each([
    ['low above high', '{ lr: float(1, 0) }', /lr/],
    ['a log scale from 0', '{ lr: float(0, 1, { log: true }) }', /lr/],
    ['a step that is no step', '{ q: float(0, 1, { step: -0.25 }) }', /q/],
    ['nothing to choose from', '{ act: choice([]) }', /act/],
    ['a bound that is no number', '{ lr: float(0, Number.NaN) }', /lr/],
  ])('with %s is refused by the parameter’s name', async (_, space, name) => {
    // A file of its own: a process loads a module once.
    await expectRefusal(['run', written(`space-${name.source}.ts`, study(space))], 2, name);
  });

  test('that does not exist is refused', async () => {
    await expectRefusal(['run', join(folder, 'nowhere.ts')], 2, /nowhere\.ts/);
  });

  test('leaves nothing in the database when refused', async () => {
    const { rows } = await database.pool.query('select count(*)::int as n from studies');
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('a CSV file', () => {
  const header = 'datetime,open,high,low,close,volume';
  const bar = (time: string, close = '10') => `2019-02-11 ${time}:00,10,11,9,${close},100`;
  const importing = (file: string) => ['data', 'import', file, '--name', 'refused', '--symbols', 'X'];

  test.each([
    ['a missing column', ['datetime,open,high,low,volume', '2019-02-11 09:30:00,1,2,1,100'], /close/],
    ['text in a price', [header, bar('09:30'), bar('09:31', 'ten')], /:3/],
    ['time that runs backwards', [header, bar('09:30'), bar('09:32'), bar('09:31'), bar('09:33')], /:4/],
    ['a gap', [header, bar('09:30'), bar('09:31'), bar('09:32'), bar('09:35')], /--gaps allow/],
    ['a bar whose high is not the highest', [header, bar('09:30'), '2019-02-11 09:31:00,10,9,9,10,100'], /:3/],
    ['no bars', [header], /refused\.csv/],
  ])('with %s is refused with its place', async (_, lines, said) => {
    await expectRefusal(importing(written('refused.csv', `${lines.join('\n')}\n`)), 2, /refused\.csv/, said);
  });

  test('leaves no data set behind when refused', () => {
    expect(assay(['data', 'ls', '--json'], env).json()).toEqual({ items: [] });
    mkdirSync(join(folder, 'data', 'datasets'), { recursive: true });
    expect(readdirSync(join(folder, 'data', 'datasets'))).toEqual([]);
  });
});

describe('what does not exist', () => {
  test.each([
    [['study', 'show', 'nope']],
    [['trial', 'ls', 'nope']],
    [['trial', 'show', 'nope#1']],
    [['best', 'nope']],
    [['compare', 'nope', 'nope2']],
    [['validate', 'nope']],
    [['gate', 'nope#0']],
    [['promote', 'nope#0', '--to', 'm@champion']],
    [['model', 'history', 'nope']],
    [['data', 'show', 'nope']],
    [['data', 'generate', 'nope', '--name', 'x', '--seed', '1']],
  ])('%s exits 2 with a hint', (parameters) => expectRefusal(parameters, 2, /^error: /));
});

describe('--set', () => {
  test.each([
    ['lrr=1', /^error: lrr: .*no such parameter/, /did you mean lr/],
    ['lr=2', /^error: lr: 2 does not fit/, /from 0 to 1/],
    ['act=fast', /^error: act: "fast" does not fit/, /"a", "b"/],
    ['lr', /name=value/, /--help/],
  ])('%s is refused with what would fit', async (given, ...said) => {
    const file = written('settable.ts', study("{ lr: float(0, 1), act: choice(['a', 'b']) }"));
    await expectRefusal(['run', file, '--set', given], 2, ...said);
  });
});

describe('a wrong command line', () => {
  test.each([
    [['frobnicate']],
    [['run']],
    [['run', 'x.ts', '--trials', 'many']],
    [['run', 'x.ts', '--stop-when', 'bored']],
    [['run', 'x.ts', '--stop-when', 'target=high']],
    [['run', 'x.ts', '--time', 'long']],
    [['best', 'x', '--reference', '1,']],
    [['best', 'Not A Name']],
    [['trial', 'show', 'study-without-number']],
    [['trial', 'ls', 'x', '--state', 'asleep']],
    [['promote', 'x#0', '--to', 'model-without-alias']],
    [['serve', '--host', '0.0.0.0']],
    [['run', 'x.ts', '--timeout', 'soon']],
  ])('%s exits 2 with a hint', (parameters) => expectRefusal(parameters, 2, /^error: /));
});

test('a port in use exits 2', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  try {
    expectRefused(assay(['serve', '--port', port], env), 2, new RegExp(port));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('an unreachable database exits 4, and its password is never said', () => {
  const result = assay(['study', 'ls'], { DATABASE_URL: 'postgresql://someone:hunter2@127.0.0.1:9/nowhere' });
  expect(result.code).toBe(4);
  expect(result.err).toMatch(/127\.0\.0\.1:9/);
  expect(result.err).toMatch(/^hint: /m);
  expect(result.err + result.out).not.toContain('hunter2');
});
