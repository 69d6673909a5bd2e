import { describe, expect, test } from 'vitest';
import { type ImportedSpace, importSpace } from './import-space.ts';
import { paramText } from './source-text.ts';
import { parseSpaceFile } from './space-file.ts';

/** Every cell of the table in docs/import.md: what another program's parameter becomes, and what is said of it. */

const sweep = (parameter: string, approximate = false): ImportedSpace =>
  importSpace(parseSpaceFile('sweep.yaml', `method: random\nparameters:\n  x: ${parameter}\n`), { approximate });

const dumped = (from: 'ray' | 'hyperopt', node: unknown, approximate = false): ImportedSpace => {
  const text = JSON.stringify({ assay: 'space', version: 1, from, space: { dict: { x: node } } });
  return importSpace(parseSpaceFile('space.json', text), { approximate });
};

const call = (name: string, ...args: readonly unknown[]) => ({ call: name, args });
const codeOf = ({ params }: ImportedSpace): readonly string[] =>
  params.map(({ name, param }) => `${name}: ${paramText(param, '').replaceAll(/\s+/g, ' ')}`);
const notesOf = ({ params }: ImportedSpace): string => params.flatMap(({ notes }) => notes).join('\n');

describe('a sweep of Weights & Biases', () => {
  test.each([
    ['{ value: adam }', "x: fixed('adam')", ''],
    ['{ value: null }', 'x: fixed(null)', ''],
    ['{ distribution: constant, value: 3 }', 'x: fixed(3)', ''],
    ['{ values: [16, 32, big, true] }', "x: choice([16, 32, 'big', true])", ''],
    ['{ distribution: categorical, values: [yes, no] }', 'x: choice([true, false])', ''],
    ['{ values: [[64, 64], [128]] }', "x: choice(['[64,64]', '[128]'])", 'JSON.parse'],
    ['{ values: [1, 2], probabilities: [0.5, 0.5] }', 'x: choice([1, 2])', ''],
    ['{ min: 0.1, max: 2 }', 'x: float(0.1, 2)', ''],
    ['{ min: 0.0, max: 1.0 }', 'x: float(0, 1)', ''],
    ['{ min: 1e-5, max: 1 }', 'x: float(0.00001, 1)', ''],
    ['{ distribution: uniform, min: 0, max: 1 }', 'x: float(0, 1)', ''],
    ['{ distribution: log_uniform_values, min: 0.001, max: 1 }', 'x: float(0.001, 1, { log: true })', ''],
    ['{ distribution: log_uniform, min: -2, max: 0 }', 'x: float(0.135335283237, 1, { log: true })', 'exponents of e'],
    ['{ distribution: q_uniform, min: 0, max: 1, q: 0.25 }', 'x: float(0, 1, { step: 0.25 })', 'half as likely'],
    ['{ distribution: q_uniform, min: 1.6, max: 9.4 }', 'x: float(2, 9, { step: 1 })', 'ends 1.6 and 9.4'],
    ['{ distribution: q_log_uniform_values, min: 8, max: 512, q: 8 }', 'x: float(8, 512, { log: true })', 'multiple of 8'],
    ['{ distribution: q_log_uniform, min: 0, max: 2, q: 2 }', 'x: float(1, 7.38905609893, { log: true })', 'exponents of e'],
    ['{ min: 1, max: 8 }', 'x: int(1, 8)', ''],
    ['{ distribution: int_uniform, min: -3, max: 3 }', 'x: int(-3, 3)', ''],
  ])('%s', (parameter, becomes, says) => {
    const imported = sweep(parameter);
    expect(codeOf(imported)).toEqual([becomes]);
    expect(notesOf(imported)).toEqual(says === '' ? '' : expect.stringContaining(says));
  });

  test('parameters inside of one have flat names', () => {
    const imported = sweep('{ parameters: { a: { min: 1, max: 2 }, b: { parameters: { c: { value: 1 } } } } }');
    expect(codeOf(imported)).toEqual(['x.a: int(1, 2)', 'x.b.c: fixed(1)']);
    expect(notesOf(imported)).toContain('inside of x.b in the sweep');
  });

  test.each([
    ['{ values: [1, 2], probabilities: [0.9, 0.1] }', 'leave probabilities out'],
    ['{ distribution: inv_log_uniform, min: 1, max: 3 }', 'min: -3 and max: -1'],
    ['{ distribution: inv_log_uniform_values, min: 1, max: 3 }', 'log_uniform_values'],
    ['{ distribution: normal, mu: 1, sigma: 2 }', '--approximate'],
    ['{ distribution: log_normal, mu: 0, sigma: 1 }', '--approximate'],
    ['{ distribution: q_normal, mu: 0, sigma: 1 }', '--approximate'],
    ['{ distribution: q_log_normal, mu: 0, sigma: 1 }', '--approximate'],
    ['{ distribution: beta, a: 1, b: 2 }', 'a parameter has'],
    ['{ distribution: beta }', 'min and max'],
    ['{ distribution: constant }', 'value: 16'],
    ['{ distribution: uniform, min: 1 }', 'both'],
    ['{ values: 3 }', 'a parameter has'],
    ['{ values: [2020-01-01] }', 'quotes'],
    ['{ min: 1 }', 'min and max'],
    ['{ minn: 1, max: 2 }', 'did you mean min'],
    ['7', 'a parameter has'],
  ])('%s is refused at its line', (parameter, hint) => {
    expect(() => sweep(parameter)).toThrow(
      expect.objectContaining({ code: 'space_invalid', place: 'sweep.yaml:3', hint: expect.stringContaining(hint) }),
    );
  });

  test.each([
    ['{ distribution: normal, mu: 1, sigma: 2 }', 'x: float(-5, 7)'],
    ['{ distribution: q_normal, mu: 0, sigma: 1, q: 0.5 }', 'x: float(-3, 3, { step: 0.5 })'],
    ['{ distribution: log_normal, mu: 0, sigma: 1 }', 'x: float(0.0497870683679, 20.0855369232, { log: true })'],
    ['{ distribution: q_log_normal, mu: 0, sigma: 1, q: 2 }', 'x: float(0.0497870683679, 20.0855369232, { log: true })'],
  ])('%s with --approximate', (parameter, becomes) => {
    const imported = sweep(parameter, true);
    expect(codeOf(imported)).toEqual([becomes]);
    expect(notesOf(imported)).toContain('three sigma');
  });
});

describe('a space of Ray Tune', () => {
  test.each([
    [{ value: 3 }, 'x: fixed(3)', ''],
    [{ choice: [{ value: 'a' }, { value: null }] }, "x: choice(['a', null])", ''],
    [{ choice: [{ value: 1 }, { value: 2 }], grid: true }, 'x: choice([1, 2])', 'grid_search'],
    [call('uniform', 0, 1), 'x: float(0, 1)', ''],
    [call('loguniform', 1e-4, 1e-1), 'x: float(0.0001, 0.1, { log: true })', ''],
    [call('quniform', 0, 1, 0.1), 'x: float(0, 1, { step: 0.1 })', ''],
    [call('qloguniform', 1, 100, 5), 'x: float(1, 100, { log: true })', 'multiple of 5'],
    [call('randint', 1, 10), 'x: int(1, 9)', 'excludes its upper end 10'],
    [call('qrandint', 8, 64, 8), 'x: int(8, 64, { step: 8 })', ''],
    [call('qrandint', 5, 30, 8), 'x: int(8, 24, { step: 8 })', 'inwards'],
    [call('lograndint', 1, 100), 'x: int(1, 99, { log: true })', 'excludes its upper end 100'],
    [call('qlograndint', 1, 100, 1), 'x: int(1, 100, { log: true })', ''],
    [call('qlograndint', 4, 100, 4), 'x: int(4, 100, { log: true })', 'multiple of 4'],
    [
      { choice: [{ dict: { type: { value: 'adam' }, lr: call('uniform', 0, 1) } }, { dict: { type: { value: 'sgd' } } }] },
      'x: branch({ adam: { lr: float(0, 1), }, sgd: {}, })',
      'what was type is name here',
    ],
    [{ dict: { a: call('uniform', 0, 1) } }, 'x.a: float(0, 1)', 'inside of x'],
  ])('%j', (node, becomes, says) => {
    const imported = dumped('ray', node);
    expect(codeOf(imported)).toEqual([becomes]);
    expect(notesOf(imported)).toEqual(says === '' ? '' : expect.stringContaining(says));
  });

  test.each([
    [call('randn', 0, 1), '--approximate'],
    [call('qrandn', 0, 1, 0.5), '--approximate'],
    [call('sample_from'), 'objective'],
    [call('quniform', 0, 1, 0), 'positive q'],
    [call('uniform', 0), 'write numbers'],
    [call('uniform', null, 1), 'write numbers'],
    [{ list: [call('uniform', 0, 1)] }, 'its own name'],
    [{ choice: [{ value: 1 }, call('uniform', 0, 1)] }, 'each option a map'],
    [{ choice: [{ value: 1 }, { dict: {} }] }, 'each option a map'],
  ])('%j is refused', (node, hint) => {
    expect(() => dumped('ray', node)).toThrow(expect.objectContaining({ code: 'space_invalid', hint: expect.stringContaining(hint) }));
  });

  test('normal distributions are ranges with --approximate', () => {
    expect(codeOf(dumped('ray', call('randn', 10, 2), true))).toEqual(['x: float(4, 16)']);
    expect(codeOf(dumped('ray', call('qrandn', 10, 2, 4), true))).toEqual(['x: float(4, 16, { step: 4 })']);
  });
});

describe('a space of Hyperopt', () => {
  const log = Math.log;
  test.each([
    [{ value: 'a' }, "x: fixed('a')", ''],
    [{ choice: [{ value: 1 }, { value: 2 }], label: 'x' }, 'x: choice([1, 2])', ''],
    [{ choice: [{ value: 1 }, { value: 2 }], label: 'x', probabilities: [0.5, 0.5] }, 'x: choice([1, 2])', ''],
    [call('randint', 3), 'x: choice([0, 1, 2])', 'no order'],
    [call('randint', 1000), 'x: int(0, 999)', 'excludes 1000'],
    [call('randint', 2, 9), 'x: int(2, 8)', 'excludes its upper end 9'],
    [call('uniform', -1, 1), 'x: float(-1, 1)', ''],
    [call('loguniform', log(1e-4), log(0.1)), 'x: float(0.0001, 0.1, { log: true })', 'exponents of e'],
    [call('quniform', 1, 10, 4), 'x: float(0, 8, { step: 4 })', 'ends 1 and 10'],
    [call('qloguniform', log(2), log(64), 2), 'x: float(2, 64, { log: true })', 'multiple of 2'],
    [call('uniformint', 1, 5), 'x: int(1, 5)', ''],
    [call('int_quniform', 1, 5, 1), 'x: int(1, 5)', ''],
    [call('int_quniform', 10, 50, 10), 'x: int(10, 50, { step: 10 })', 'half as likely'],
    [
      { choice: [{ dict: { name: { value: 'svm' }, c: call('uniform', 0, 1) } }, { dict: { name: { value: 'knn' } } }], label: 'x' },
      'x: branch({ svm: { c: float(0, 1), }, knn: {}, })',
      '',
    ],
    [
      { choice: [{ dict: { a: call('uniform', 0, 1) } }, { dict: { b: { value: 1 } } }], label: 'x' },
      'x: branch({ case0: { a: float(0, 1), }, case1: { b: fixed(1), }, })',
      'no name of their own',
    ],
  ])('%j', (node, becomes, says) => {
    const imported = dumped('hyperopt', node);
    expect(codeOf(imported)).toEqual([becomes]);
    expect(notesOf(imported)).toEqual(says === '' ? '' : expect.stringContaining(says));
  });

  test.each([
    [call('normal', 0, 1), '--approximate'],
    [call('lognormal', 0, 1), '--approximate'],
    [call('qnormal', 0, 1, 1), '--approximate'],
    [call('qlognormal', 0, 1, 1), '--approximate'],
    [call('mul', 2, 3), 'hp.uniform'],
    [{ choice: [{ value: 1 }, { value: 2 }], probabilities: [0.1, 0.9] }, 'without them'],
  ])('%j is refused', (node, hint) => {
    expect(() => dumped('hyperopt', node)).toThrow(expect.objectContaining({ code: 'space_invalid', hint: expect.stringContaining(hint) }));
  });

  test.each([
    [call('normal', 0, 1), 'x: float(-3, 3)'],
    [call('qnormal', 0, 1, 2), 'x: float(-4, 4, { step: 2 })'],
    [call('lognormal', 0, 1), 'x: float(0.0497870683679, 20.0855369232, { log: true })'],
    [call('qlognormal', 0, 1, 2), 'x: float(0.0497870683679, 20.0855369232, { log: true })'],
  ])('%j with --approximate', (node, becomes) => {
    expect(codeOf(dumped('hyperopt', node, true))).toEqual([becomes]);
  });

  test('one that is a single choice is named by its label', () => {
    const space = { choice: [{ value: 1 }, { value: 2 }], label: 'model' };
    const text = JSON.stringify({ assay: 'space', version: 1, from: 'hyperopt', space });
    expect(codeOf(importSpace(parseSpaceFile('space.json', text), {}))).toEqual(['model: choice([1, 2])']);
  });
});
