import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { assayHere, type CommandResult } from './assay.ts';

const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/ask-tell/${name}`, import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const space = {
  x: { type: 'float', low: -3, high: 3 },
  kind: { type: 'branch', cases: { a: { y: { type: 'float', low: -1, high: 1 } }, b: {} } },
};

const database = useDatabase();
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-ask-tell-'));
  file = join(folder, 'space.json');
  writeFileSync(file, JSON.stringify(space));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const own = () => ({ DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data') });
const environment = () => ({ ...process.env, ...own(), NO_COLOR: '1' });

interface Answer {
  readonly number?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly value?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Sends all lines, closes the input, and reads the answers. */
async function converse(lines: readonly object[], ...flags: readonly string[]): Promise<readonly Answer[]> {
  return answersOf(lines, await assayHere(['ask-tell', ...flags], own(), textOf(lines)));
}

/** As {@link converse}, in a process of its own. */
function converseApart(lines: readonly object[], ...flags: readonly string[]): readonly Answer[] {
  const how = { encoding: 'utf8', input: textOf(lines), env: environment() } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [executable, 'ask-tell', ...flags], how);
  return answersOf(lines, { code: status, out: stdout, err: stderr });
}

const textOf = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function answersOf(lines: readonly object[], { code, out, err }: Pick<CommandResult, 'code' | 'out' | 'err'>): readonly Answer[] {
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const answers = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  expect(answers).toHaveLength(lines.length);
  return answers;
}

function drive(program: readonly string[], ...flags: readonly string[]) {
  const [command, ...args] = [...program, process.execPath, executable, 'ask-tell', ...flags];
  return spawnSync(command!, args, { encoding: 'utf8', env: environment() });
}

describe('programs in other languages drive the search', () => {
  test.skipIf(!hasPython)('Python (skipped where there is no python3): parallel asks, pruning, a known result, an error survived', () => {
    const { status, stdout, stderr } = drive(['python3', fixture('objective.py')], '--space', file, '--seed', '3');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'refused: trial 0 is complete already\n' });
    const best = JSON.parse(stdout) as Answer;
    expect(best.value).toBeLessThan(1);
    expect(best.params).toHaveProperty('kind');
  });

  test.skipIf(!hasPython)('Python, with the history in the database', async () => {
    const { status, stdout } = drive(['python3', fixture('objective.py')], '--space', file, '--study', 'from-python');
    expect(status).toBe(0);
    const best = JSON.parse(stdout) as Answer;
    const { trials } = (await assayHere(['best', 'from-python', '--json'], { DATABASE_URL: database.url })).json<{
      trials: readonly Answer[];
    }>();
    expect(trials[0]).toMatchObject({ number: best.number, value: best.value, params: best.params });
    const listed = (await assayHere(['study', 'ls', '--json'], { DATABASE_URL: database.url })).json<{
      items: readonly { name: string; counts: object }[];
    }>();
    expect(listed.items.find(({ name }) => name === 'from-python')!.counts).toMatchObject({ queued: 0, running: 0, failed: 0 });
  });

  test('shell, over named pipes', () => {
    const counts = join(folder, 'counts.json');
    writeFileSync(counts, JSON.stringify({ n: { type: 'int', low: 1, high: 9 } }));
    const { status, stdout } = drive(['sh', fixture('objective.sh')], '--space', counts, '--direction', 'maximize', '--sampler', 'random');
    expect(status).toBe(0);
    const best = JSON.parse(stdout) as Answer;
    expect(best.value).toBe(Number(best.params!['n']) ** 2);
  });
});

describe('a history in the database', () => {
  const at = ['--study', 'kept'] as const;

  test('goes on from one process to the next; what was open is given back and asked again', async () => {
    const [first, second] = converseApart([{ op: 'ask' }, { op: 'ask' }, { op: 'tell', number: 0, value: 5 }], '--space', file, ...at);
    expect([first!.number, second!.number]).toEqual([0, 1]);
    const again = converseApart(
      [
        { op: 'ask' },
        { op: 'report', number: 1, step: 1, value: 2 },
        { op: 'report', number: 1, step: 1, value: 2 },
        { op: 'tell', number: 0, value: 1 },
        { op: 'tell', number: 1, value: 'Infinity' },
        { op: 'add', params: { x: 1, kind: 'b' }, value: 0.5 },
        { op: 'ask' },
        { op: 'tell', number: 3, state: 'failed' },
        { op: 'tell', number: 3, state: 'failed' },
        { op: 'best' },
      ],
      ...at,
    );
    expect(again[0]).toEqual(second);
    expect(again[2]!.error).toMatchObject({ code: 'conflict', message: 'trial 1 has reported step 1 already' });
    expect(again[3]!.error).toMatchObject({ code: 'conflict', message: 'trial 0 is complete already' });
    expect(again[5]).toEqual({ number: 2 });
    expect(again[6]).toMatchObject({ number: 3 });
    expect(again[8]!.error).toMatchObject({ code: 'conflict' });
    expect(again[9]).toEqual({ number: 2, value: 0.5, params: { x: 1, kind: 'b' } });
    const { items } = (await assayHere(['trial', 'ls', 'kept', '--json'], { DATABASE_URL: database.url })).json<{
      items: readonly { state: string }[];
    }>();
    expect(items.map(({ state }) => state).sort()).toEqual(['complete', 'complete', 'complete', 'failed']);
  });

  test('keeps its sampler, and its budget where one was given', async () => {
    await converse([], '--space', file, '--study', 'small', '--sampler', 'random', '--trials', '2');
    const answers = await converse(
      [
        { op: 'ask' },
        { op: 'add', params: { x: 1, kind: 'b' }, value: 1 },
        { op: 'ask' },
        { op: 'add', params: { x: 1, kind: 'b' }, value: 1 },
      ],
      '--study',
      'small',
    );
    expect(answers[2]!.error).toMatchObject({ code: 'conflict', message: expect.stringContaining('budget (2 trials)') as string });
    expect(answers[3]!.error).toMatchObject({ code: 'conflict' });
    const shown = (await assayHere(['study', 'show', 'small', '--json'], { DATABASE_URL: database.url })).json<{
      sampler: { id: string };
    }>();
    expect(shown.sampler.id).toBe('random');
  });

  test('another space is refused', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ z: { type: 'int', low: 0, high: 1 } }));
    await converse([], '--space', file, '--study', 'first');
    const { code, err } = await assayHere(['ask-tell', '--space', other, '--study', 'first'], { DATABASE_URL: database.url });
    expect(code).toBe(3);
    expect(err).toMatch(/search space/);
  });

  test('keeps several objectives and constraints, and prunes on the one that is reported', async () => {
    const flags = ['--space', file, '--study', 'trade-offs', '--direction', 'gain=maximize,risk=minimize', '--prune-on', 'risk'];
    const params = { x: 1, kind: 'b' };
    const first = await converse(
      [
        { op: 'ask' },
        { op: 'report', number: 0, step: 1, value: 3 },
        { op: 'tell', number: 0, value: 1 },
        { op: 'tell', number: 0, values: [1, 'Infinity'], constraints: [-1] },
        { op: 'add', params, values: [2, 1], constraints: [0.5] },
        { op: 'best' },
      ],
      ...flags,
      ...['--pruner', 'threshold', '--pruner-options', '{"upper":2}'],
    );
    expect(first[1]).toMatchObject({ prune: true });
    expect(first[2]!.error).toMatchObject({ code: 'usage', message: '1 values for 2 objectives' });
    expect(first[3]).toEqual({ ok: true });
    expect(first[5]).toMatchObject({ trials: [{ number: 0, values: [1, 'Infinity'] }] });
    const again = await converse([{ op: 'add', params, values: [3, 2], constraints: [0] }, { op: 'best' }], '--study', 'trade-offs');
    expect(again[1]).toMatchObject({ trials: [{ number: 2, values: [3, 2] }] });
    const env = { DATABASE_URL: database.url };
    const best = (await assayHere(['best', 'trade-offs', '--reference', '0,4', '--json'], env)).json<object>();
    expect(best).toMatchObject({
      front: { size: 1, hypervolume: 6 },
      trials: [{ number: 2, values: { gain: 3, risk: 2 }, feasible: true }],
    });
    expect((await assayHere(['best', 'trade-offs', '--objective', 'risk', '--top', '2'], env)).out).toMatch(
      /^trial\tstate\tgain\trisk\tconstraints\t/,
    );
    expect((await assayHere(['study', 'show', 'trade-offs'], env)).out).toMatch(/^direction\tmaximize gain and minimize risk$/m);
    expect(await assayHere(['importance', 'trade-offs', '--evaluator', 'fanova'], env)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--objective gain or risk/) as string,
    });
    expect((await assayHere(['importance', 'trade-offs', '--objective', 'risk', '--json'], env)).json()).toMatchObject({
      objective: 'risk',
      trials: 3,
    });
  });
});

describe('a command line that cannot be', () => {
  test.each([
    [['ask-tell'], /no search space/],
    [['ask-tell', '--space', '/nowhere.json'], /cannot be read/],
    [['ask-tell', '--study', 'unheard-of'], /no study unheard-of yet/],
    [['ask-tell', '--space', 'FILE', '--sampler', 'magic'], /no sampler "magic"/],
    [['ask-tell', '--space', 'FILE', '--pruner', 'threshold'], /lower/],
    [['ask-tell', '--space', 'FILE', '--sampler-options', '{"candidates":0}'], /candidates/],
    [['ask-tell', '--space', 'FILE', '--direction', 'sideways'], /minimize or maximize/],
    [['ask-tell', '--space', 'FILE', '--direction', 'minimize,maximize', '--sampler', 'cmaes'], /one objective/],
    [['ask-tell', '--space', 'FILE', '--direction', 'minimize,maximize', '--pruner', 'median'], /pruneOn/],
    [['ask-tell', '--space', 'FILE', '--direction', 'a=minimize,b=maximize', '--prune-on', 'c'], /no objective/],
    [['ask-tell', '--space', 'FILE', '--direction', 'a=minimize,a=maximize'], /name of its own/],
    [['ask-tell', '--space', 'FILE', '--direction', 'a=minimize'], /needs at least 2/],
  ])('%j is refused with a hint', async (parameters, said) => {
    const here = parameters.map((parameter) => (parameter === 'FILE' ? file : parameter));
    const { code, out, err } = await assayHere([...here, '--database-url', database.url]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
    expect(err).toMatch(/^hint: /m);
  });
});

describe('assay importance', () => {
  test('ranks the parameters of a study, as rows and as JSON', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => ({
      op: 'add',
      params: { x: (i % 13) / 6 - 1, kind: 'b' },
      value: ((i % 13) / 6 - 1) ** 2,
    }));
    await converse(lines, '--space', file, '--study', 'ranked');
    const env = { DATABASE_URL: database.url };
    const document = (await assayHere(['importance', 'ranked', '--json'], env)).json<{
      items: readonly { param: string; importance: number }[];
    }>();
    expect(document).toMatchObject({ study: 'ranked', evaluator: 'ped-anova', trials: 40 });
    expect(document.items[0]).toMatchObject({ param: 'x' });
    expect(document.items[0]!.importance).toBeGreaterThan(0.99);
    expect((await assayHere(['importance', 'ranked', '--evaluator', 'fanova'], env)).out).toMatch(
      /^parameter\timportance\tlow\thigh\nx\t(1|0\.99)/,
    );
  });

  test('study show says whether more trials are likely to pay', async () => {
    const env = { DATABASE_URL: database.url };
    expect((await assayHere(['study', 'show', 'ranked', '--json'], env)).json()).toMatchObject({
      advice: { stop: false, reason: expect.stringContaining('expected of the next 50 trials') as string },
    });
    expect((await assayHere(['study', 'show', 'kept'], env)).out).toMatch(/^more trials\ttoo early to say: 2 of the 30/m);
  });

  test('an unknown study or evaluator is refused', async () => {
    const env = { DATABASE_URL: database.url };
    expect(await assayHere(['importance', 'nothing'], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no study nothing') as string,
    });
    expect(await assayHere(['importance', 'ranked', '--evaluator', 'tea'], env)).toMatchObject({ code: 2 });
  });
});
