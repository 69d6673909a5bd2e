import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importSpace } from '../../../src/interop/import/spaces/import-space.ts';
import { paramText } from '../../../src/interop/import/spaces/source-text.ts';
import { parseSpaceFile } from '../../../src/interop/import/spaces/space-file.ts';

/** The script that is shipped, with the libraries themselves. */
const script = fileURLToPath(new URL('../../../src/interop/python/dump_space.py', import.meta.url));

interface Library {
  readonly name: 'hyperopt' | 'ray';
  readonly python: string;
  readonly required: boolean;
}

const libraries: readonly Library[] = [
  { name: 'hyperopt', python: process.env['ASSAY_HYPEROPT'] ?? '', required: process.env['ASSAY_REQUIRE_HYPEROPT'] === '1' },
  { name: 'ray', python: process.env['ASSAY_RAY'] ?? '', required: process.env['ASSAY_REQUIRE_RAY'] === '1' },
];
for (const { name, python } of libraries)
  if (python === '') console.warn(`skipped: spaces of ${name} itself, since ASSAY_${name.toUpperCase()} names no Python that has it`);

test('the script is short enough to be read before it is run', () => {
  expect(readFileSync(script, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
});

const become: Readonly<Record<Library['name'], readonly string[]>> = {
  ray: [
    "plain: fixed('relu')",
    "choice: choice([1, 'a', null, true])",
    'grid: choice([1, 2])',
    'uniform: float(0, 1)',
    'quniform: float(0, 1, { step: 0.25 })',
    'loguniform: float(0.0001, 0.1, { log: true })',
    'qloguniform: float(5, 100, { log: true })',
    'randint: int(1, 9)',
    'qrandint: int(8, 64, { step: 8 })',
    'lograndint: int(1, 99, { log: true })',
    'qlograndint: int(4, 100, { log: true })',
    'randn: float(4, 16)',
    'qrandn: float(4, 16, { step: 4 })',
    'branch: branch({ adam: { beta: float(0.8, 0.9), }, sgd: {}, })',
    'nested.a: float(0, 1)',
  ],
  hyperopt: [
    'plain: fixed(0.5)',
    "choice: choice([1, 'a'])",
    "pchoice: choice(['a', 'b'])",
    'randint: choice([0, 1, 2])',
    'between: int(2, 8)',
    'uniform: float(-1, 1)',
    'quniform: float(0, 8, { step: 4 })',
    'loguniform: float(0.0001, 0.1, { log: true })',
    'qloguniform: float(2, 64, { log: true })',
    'uniformint: int(1, 5)',
    'whole: int(10, 50, { step: 10 })',
    'normal: float(-3, 3)',
    'qnormal: float(-4, 4, { step: 2 })',
    'lognormal: float(0.0497870683679, 20.0855369232, { log: true })',
    'qlognormal: float(0.0497870683679, 20.0855369232, { log: true })',
    'branch: branch({ svm: { c: float(0, 1), }, knn: {}, })',
    'nested.a: float(0, 1)',
  ],
};

describe.each(libraries)('$name', ({ name, python, required }) => {
  test.runIf(required)('is there in CI', () => {
    expect(python).not.toBe('');
  });

  const dump = (variable: string) => {
    const space = fileURLToPath(new URL(`${name}_space.py`, import.meta.url));
    const run = spawnSync(python, ['-B', script, `${space}:${variable}`], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    });
    expect([run.status, run.status === 0 ? '' : run.stderr]).toEqual([0, '']);
    return importSpace(parseSpaceFile('space.json', run.stdout), { approximate: true });
  };

  test.skipIf(python === '')('writes every distribution so that it can be converted', () => {
    const { params } = dump('space');
    expect(params.map(({ name: own, param }) => `${own}: ${paramText(param, '').replaceAll(/\s+/g, ' ')}`)).toEqual(become[name]);
  });

  test.skipIf(python === '')('writes what has no counterpart so that it is refused', () => {
    expect(() => dump('refused')).toThrow(expect.objectContaining({ code: 'space_invalid' }));
  });
});
