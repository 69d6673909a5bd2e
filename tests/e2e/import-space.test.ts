import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assay, assayHere } from './assay.ts';

/** `assay import`: the file that it writes has right types, loads, and runs the program that the sweep named. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-import-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const everyKind = `
method: bayes
name: Every kind
metric: { name: loss, goal: maximize, target: 1e9 }
early_terminate: { type: hyperband, min_iter: 3 }
run_cap: 5
command: [${JSON.stringify(process.execPath)}, "\${program}", "\${args}"]
program: ${JSON.stringify('train.mjs')}
parameters:
  lr: { distribution: log_uniform, min: -9, max: -2 }
  batch: { distribution: q_log_uniform_values, min: 8, max: 64, q: 8 }
  drop: { distribution: q_uniform, min: 0, max: 0.5, q: 0.1 }
  depth: { min: 1, max: 4 }
  width: { min: 0.5, max: 1.0 }
  flag: { values: [true, false] }
  sizes: { values: [[64, 64], [128]] }
  opt: { parameters: { beta: { min: 0.8, max: 0.9 }, "class": { value: "it's \\u2028" } } }
`;

test('a sweep becomes a study that runs the program, and what is there is not overwritten', async () => {
  const program = file(
    'train.mjs',
    'import { writeFileSync } from "node:fs";\nwriteFileSync("args.json", JSON.stringify([process.env.ASSAY_TRIAL, ...process.argv.slice(2)]));\nconsole.log("epoch 1");\nconsole.log(JSON.stringify({ value: 3 }));\n',
  );
  const sweep = file('sweep.yaml', everyKind);
  const { code, out, err } = assay(['import', sweep], {}, folder);
  expect([code, err]).toEqual([0, expect.stringContaining('studies/every-kind.ts')]);
  expect(out).toMatch(/^batch\tfloat\(8, 64, \{ log: true \}\)\t.*multiple of 8/m);
  const written = join(folder, 'studies/every-kind.ts');
  const before = readFileSync(written, 'utf8');

  const smoke = assay(['smoke', 'studies/every-kind.ts', '--json'], { ASSAY_DATA_DIR: join(folder, 'data') }, folder);
  expect([smoke.err, smoke.code]).toEqual(['', 0]);
  const [, ...args] = JSON.parse(readFileSync(join(folder, 'args.json'), 'utf8')) as readonly string[];
  expect(args.map((arg) => arg.split('=')[0]!).toSorted()).toEqual(
    ['batch', 'depth', 'drop', 'flag', 'lr', 'opt.beta', 'opt.class', 'sizes', 'width'].map((name) => `--${name}`),
  );
  expect(Number(args.find((arg) => arg.startsWith('--batch='))!.slice(8)) % 8).toBe(0);
  expect(args).toContain("--opt.class=it's \u2028");
  expect(args).toContainEqual(expect.stringMatching(/^--flag=(True|False)$/));
  expect(program).toBe(join(folder, 'train.mjs'));

  const again = await assayHere(['import', sweep, '--out', written]);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('nothing is overwritten')]);
  expect(readFileSync(written, 'utf8')).toBe(before);
});

const dump = (from: string, space: unknown): string => JSON.stringify({ assay: 'space', version: 1, from, space });
const call = (name: string, ...args: readonly number[]) => ({ call: name, args });

test('dumped spaces become studies whose types are right and that load', async () => {
  const cases = {
    choice: [
      { dict: { type: { value: 'adam' }, beta: call('uniform', 0.8, 0.9), inner: { dict: { a: call('uniform', 0, 1) } } } },
      { dict: { type: { value: 'sgd' } } },
    ],
  };
  const ray = file('ray.json', dump('ray', { dict: { opt: cases, n: call('qlograndint', 4, 64, 4), 'a.b': { value: null } } }));
  const hyperopt = file('hyperopt.json', dump('hyperopt', { ...cases, label: 'model' }));
  const outs = [join(folder, 'deep/er/ray.ts'), join(folder, 'hyperopt.ts')];
  const results = [
    await assayHere(['import', ray, '--out', outs[0]!, '--json']),
    await assayHere(['import', hyperopt, '--from', 'hyperopt', '--as', 'own-name', '--out', outs[1]!, '--json']),
  ];
  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  expect(results[0]!.json()).toMatchObject({
    study: 'ray',
    file: outs[0],
    params: [{ parameter: 'opt' }, { parameter: 'n' }, { parameter: 'a.b' }],
  });
  const loader = fileURLToPath(new URL('../fixtures/load-studies.mjs', import.meta.url));
  const loaded = execFileSync(process.execPath, [loader, join(folder, 'data'), ...outs], { encoding: 'utf8' });
  expect(
    loaded
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ name: 'ray' }, { name: 'own-name' }]);
});

test.each([
  ['method: random\nparameters: { x: { distribution: normal } }', 'refused.yaml', 'there is no normal'],
  ['print()', 'space.py', 'dump_space.py'],
  ['{', 'broken.json', 'neither YAML nor JSON'],
])('%j is refused with exit code 2, and nothing is written', async (text, name, says) => {
  const out = join(folder, `never-${name}.ts`);
  const { code, err } = await assayHere(['import', file(name, text), '--out', out]);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  expect(err).toContain('hint: ');
  expect(existsSync(out)).toBe(false);
});

test('a file that is not there is refused with exit code 2', async () => {
  expect(await assayHere(['import', join(folder, 'absent.yaml')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot read the space'),
  });
});
