// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of modules, and the macros of a sweep's command
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { AssayError, exitCodeOf } from '../../../core/errors.ts';
import { type ImportAsked, importSpace } from './import-space.ts';
import { parseSpaceFile } from './space-file.ts';

const textOf = (yaml: string, asked: ImportAsked = {}): string => importSpace(parseSpaceFile('my sweep.yaml', yaml), asked).text;
const parameters = 'parameters:\n  lr: { min: 0.1, max: 1 }\n  depth: { min: 1, max: 4 }\n';

describe('the settings of a sweep', () => {
  test.each([
    ['method: bayes', 'sampler: auto(),'],
    ['method: random', 'sampler: random(),'],
    ['method: random', "direction: 'minimize',"],
    ['method: random\nmetric: { name: loss }', '// of loss'],
    ['method: random\nmetric: { goal: maximize, name: sharpe }', "direction: 'maximize',"],
    ['method: random\nmetric: { name: a, target: 0.5 }\nrun_cap: 7', 'budget: { trials: 7, stopWhen: { target: 0.5 } },'],
    ['method: random', 'budget: { trials: 100 },'],
    ['method: random', '// the sweep has no run_cap and would go on without end'],
    ['method: random', 'pruner: nop(),'],
    [
      'method: random\nearly_terminate: { type: hyperband, min_iter: 3, eta: 2 }',
      'pruner: successiveHalving({ minResource: 3, reductionFactor: 2 }),',
    ],
    [
      'method: random\nearly_terminate: { type: hyperband, max_iter: 27, s: 2 }',
      'pruner: hyperband({ minResource: 3, maxResource: 27, reductionFactor: 3 }),',
    ],
    ['method: random\nearly_terminate: { type: hyperband, min_iter: 3, strict: true }', '// strict has no counterpart'],
    ['method: random\nproject: p\nentity: e', '// not used here: project, entity'],
    ['method: random\nname: My Träding / 1', "name: 'my-trading-1',"],
    ['method: random', "name: 'my-sweep',"],
    ['method: random\nprogram: train.py', "run('/usr/bin/env', ['python', 'train.py', ...entries.map("],
    ['method: random\nprogram: t.py\ncommand: [node, "${program}", "${args_json}"]', "run('node', ['t.py', JSON.stringify(values)]"],
    ['method: random\ncommand: [./t, "${args_no_hyphens}", "${envvar:HOME}"]', "process.env.HOME ?? ''"],
    ['method: random\ncommand: [./t, "${args_no_boolean_flags}"]', 'entries.flatMap('],
    ['method: random', '// To be written: '],
  ])('%s', (settings, line) => {
    expect(textOf(`${settings}\n${parameters}`)).toContain(line);
  });

  test('a grid of listed values tries each cell, without a number of trials', () => {
    const text = textOf('method: grid\nparameters: { a: { values: [1, 2] }, b: { min: 1, max: 3 } }');
    expect(text).toContain('sampler: grid(),');
    expect(text).not.toContain('budget');
  });

  test.each([
    ['method: grid', 'lr: a continuous parameter has infinitely many values'],
    ['method: annealing', 'method: '],
    ['metric: { name: a }', 'method: '],
    ['method: random\nmetric: { goal: up }', 'metric.goal: '],
    ['method: random\nearly_terminate: { type: envelope }', 'early_terminate.type: '],
    ['method: random\nearly_terminate: { type: hyperband }', 'early_terminate: neither min_iter nor max_iter with s'],
    ['method: random\nearly_terminate: { type: hyperband, min_iter: 3, eta: 1.5 }', 'early_terminate.eta: '],
    ['method: random\nrun_cap: 0', 'run_cap: '],
    ['method: random\ncommand: python t.py', 'command: this is no list of words'],
    ['method: random\ncommand: ["${args}"]', 'command: the first word names no program'],
    ['method: random\ncommand: [t, --all]', 'command: the program would not get the parameters'],
    ['method: random\ncommand: [t, "${args_json_file}"]', 'command.1: there is no'],
    ['method: random\ncommand: [t, "${program}"]', 'command.1: the sweep names no program'],
    ['method: random\ncommand: [t, "--x=${args}"]', 'command.1: '],
    ['method: random\nprogram: 3', 'program: this names no program'],
  ])('%s is refused', (settings, message) => {
    expect(() => textOf(`${settings}\n${parameters}`)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });
});

test.each([
  ['a: [', {}, 'data_invalid'],
  ['[]', {}, 'space_invalid'],
  ['method: random', {}, 'space_invalid'],
  ['method: random\nparameters: {}', {}, 'space_invalid'],
  ['method: random\nparameters: { __proto__: { value: 1 } }', {}, 'space_invalid'],
  ['method: random\nparameters: { a b: { value: 1 } }', {}, 'space_invalid'],
  ['method: random\nparameters: { a.b: { value: 1 }, a: { parameters: { b: { value: 2 } } } }', {}, 'space_invalid'],
  ['method: random\nparameters: { a: { min: 3, max: 1 } }', {}, 'space_invalid'],
  ['method: random\nparameters: { a: &a { parameters: *a } }', {}, 'space_invalid'],
  [`method: random\n${parameters}`, { name: 'No Name' }, 'usage'],
  [`method: random\n${parameters}`, { from: 'ray' as const }, 'space_invalid'],
  ['{"assay": "space", "version": 2, "from": "ray", "space": {"dict": {}}}', {}, 'space_invalid'],
  ['{"assay": "space", "version": 1, "from": "ray", "space": {"dict": {"a": {"value": 1}}}}', { from: 'hyperopt' as const }, 'usage'],
])('%j is refused with a hint and exit code 2', (yaml, asked, code) => {
  const error = errorOf(() => textOf(yaml, asked));
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(exitCodeOf(error)).toBe(2);
});

function errorOf(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error;
  }
  return expect.fail('it was accepted');
}

test('whatever a file says stays inside of texts and comments', () => {
  const evil = "'; process.exit(1); // */ ${1} ` \u2028 process.exit(2)\r\n process.exit(3)";
  const text = textOf(
    stringify({
      name: evil,
      description: evil,
      method: 'random',
      metric: { name: evil },
      program: evil,
      command: ['node', evil.replace('$', ''), '${program}', '${args}', `\${envvar:HOME}`],
      [evil]: 1,
      parameters: { a: { values: [evil, 'b'] }, b: { min: 1, max: 2 } },
    }),
  );
  const code = text
    .split(/[\r\n\u2028\u2029]/)
    .filter((line) => !line.trimStart().startsWith('//'))
    .join('\n')
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  expect(code).not.toContain('process.exit(');
});

test('random documents are converted or refused with a code, never anything else', () => {
  const key = fc.constantFrom('value', 'values', 'min', 'max', 'mu', 'sigma', 'q', 'distribution', 'probabilities', 'parameters', 'x');
  const leaf = fc.oneof(
    fc.integer({ min: -3, max: 300 }),
    fc.double(),
    fc.constantFrom('normal', 'uniform', 'q_uniform', 'log_uniform', 'q_log_uniform_values', 'categorical', 'constant', '', '1e3', "'"),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
  );
  const { parameter } = fc.letrec<{ parameter: unknown; map: unknown }>((tie) => ({
    map: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()), tie('parameter'), { maxKeys: 3 }),
    parameter: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ min: leaf, max: leaf, distribution: leaf, q: leaf }, { requiredKeys: ['min', 'max'] }),
      fc.record({ values: fc.array(leaf), probabilities: fc.array(fc.double()) }, { requiredKeys: ['values'] }),
      fc.record({ parameters: tie('map') }),
      fc.dictionary(key, leaf),
    ),
  }));
  const sweep = fc.record(
    {
      method: fc.constantFrom('bayes', 'random', 'grid'),
      parameters: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), parameter, { minKeys: 1, maxKeys: 3 }),
      metric: fc.oneof(
        leaf,
        fc.record({ name: leaf, goal: fc.constantFrom('minimize', 'maximize', 'up'), target: leaf }, { requiredKeys: [] }),
      ),
      early_terminate: fc.dictionary(fc.constantFrom('type', 'min_iter', 'max_iter', 's', 'eta'), leaf),
      run_cap: leaf,
      program: leaf,
      command: fc.oneof(leaf, fc.array(leaf)),
      name: leaf,
    },
    { requiredKeys: ['method', 'parameters'] },
  );
  let converted = 0;
  const check = (text: string): void => {
    try {
      importSpace(parseSpaceFile('fuzz.yaml', text), { approximate: true });
      converted++;
    } catch (error) {
      if (!(error instanceof AssayError) || exitCodeOf(error) !== 2) throw error;
    }
  };
  fc.assert(
    fc.property(sweep, (document) => check(stringify(document))),
    { numRuns: 1000 },
  );
  // Damaged texts.
  fc.assert(
    fc.property(sweep, fc.nat(), fc.string({ maxLength: 3 }), (document, at, noise) => {
      const text = stringify(document);
      check(text.slice(0, at % text.length) + noise + text.slice(at % text.length));
    }),
    { numRuns: 500 },
  );
  const node = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.record({ value: leaf }),
      fc.record({
        call: fc.constantFrom('uniform', 'quniform', 'randint', 'qrandint', 'normal', 'int_quniform', 'x'),
        args: fc.array(leaf, { maxLength: 3 }),
      }),
      fc.record({ choice: fc.array(tie('node'), { maxLength: 3 }), label: fc.string() }, { requiredKeys: ['choice'] }),
      fc.record({ dict: fc.dictionary(fc.constantFrom('a', 'b', 'type', 'name'), tie('node')) }),
      fc.record({ list: fc.array(tie('node'), { maxLength: 2 }) }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.constantFrom('ray', 'hyperopt'), node, (from, space) =>
      check(JSON.stringify({ assay: 'space', version: 1, from, space })),
    ),
    { numRuns: 1000 },
  );
  expect(converted).toBeGreaterThan(50);
});
