import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModuleRef } from '../../search/study/storage.ts';

const loader = fileURLToPath(new URL('../../../tests/fixtures/load-studies.mjs', import.meta.url));

interface Loaded {
  readonly name?: string;
  readonly module?: ModuleRef;
  readonly code?: string;
  readonly message?: string;
  readonly place?: string;
  readonly hint?: string;
}

const good = (name: string): string => `import { defineStudy, float } from 'assay';
export default defineStudy({ name: '${name}', direction: 'minimize', space: { x: float(0, 1) }, objective: ({ params }) => params.x });
`;

const files: Readonly<Record<string, string>> = {
  'good.ts': good('good'),
  'with-import.ts': `import { name } from './name.ts';\n${good('unused').replace("'unused'", 'name')}`,
  'with-config.ts': `import { configOf } from './shared/config.ts';\n${good('configured')}void configOf('a.yaml');\n`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a module
  'shared/config.ts': 'export const configOf = (file: string): URL => new URL(`../configs/${file}`, import.meta.url);\n',
  'configs/a.yaml': 'include: [base.yaml]\na: 1\n',
  'configs/base.yaml': 'b: 1\n',
  'configs/misspelt.yaml': '# settings\ndatazet: x\n',
  'misspelt-config.ts': `import { loadTradingConfig } from 'assay';\nexport default loadTradingConfig(new URL('configs/misspelt.yaml', import.meta.url));\n`,
  'alpha.yaml': 'a: 1\n',
  'configs/other.yaml': 'c: 1\n',
  'name.ts': "export const name: string = 'imported';\n",
  'node_modules/packed/study.ts': good('packed'),
  'type-error.ts': good('typed').replace('params.x', 'params.y'),
  'syntax-error.ts': `${good('broken')}const = 4;\n`,
  'no-default.ts': good('named').replace('export default', 'export const study ='),
  'wrong-default.ts': 'export default { name: "x" };\n',
  'impossible-space.ts': good('space').replace('float(0, 1)', 'float(1, 0)'),
  'throws.ts': `const config: { readonly depth?: number } = {};\nif (config.depth === undefined) throw new Error('no depth');\nexport default 1;\n`,
  // Types that go leave fewer lines: places are those of the file all the same.
  'throws-below-types.ts': `interface Config {\n  readonly depth: number;\n}\n\nconst config: Config | null = null;\nexport default ((): never => {\n  throw new Error('no config', { cause: config });\n})();\n`,
  'missing-import.ts': `// @ts-expect-error it is not there\nimport { x } from './absent.ts';\nexport default x;\n`,
};

let folder: string;
let results: Readonly<Record<string, Loaded>>;

async function load(names: readonly string[]): Promise<readonly Loaded[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    loader,
    join(folder, 'data'),
    ...names.map((name) => join(folder, name)),
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Loaded);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-studies-'));
  for (const name of ['node_modules/packed', 'shared', 'configs']) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const names = [...Object.keys(files).filter((name) => !name.includes('configs/') && !name.startsWith('shared/')), 'absent.ts'];
  const loaded = await load(names);
  results = Object.fromEntries(names.map((name, i) => [name, loaded[i]!]));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a study file outside the package, with no package.json beside it', () => {
  test('imports assay by name and loads', () => {
    expect(results['good.ts']).toMatchObject({ name: 'good', module: { url: pathToFileURL(join(folder, 'good.ts')).href } });
  });

  test('may import other files', () => {
    expect(results['with-import.ts']).toMatchObject({ name: 'imported' });
  });

  test('loads from below node_modules too', () => {
    expect(results['node_modules/packed/study.ts']).toMatchObject({ name: 'packed' });
  });
});

describe('the module reference', () => {
  test('hashes the source and its imports', async () => {
    const before = results['with-import.ts']?.module?.sourceHash;
    writeFileSync(join(folder, 'name.ts'), "export const name: string = 'changed';\n");
    const [changed, same] = await load(['with-import.ts', 'good.ts']);
    expect(changed?.module?.sourceHash).not.toBe(before);
    expect(same?.module?.sourceHash).toBe(results['good.ts']?.module?.sourceHash);
  });

  test('covers exactly the YAML files that a study and its imports name or include', async () => {
    const hashAfter = async (name: string): Promise<string | undefined> => {
      writeFileSync(join(folder, name), 'changed: true\n');
      const [loaded] = await load(['with-config.ts']);
      return loaded?.module?.sourceHash;
    };
    const before = results['with-config.ts']?.module?.sourceHash;
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashAfter('configs/other.yaml')).toBe(before);
    const afterInclude = await hashAfter('configs/base.yaml');
    expect(afterInclude).not.toBe(before);
    expect(await hashAfter('configs/a.yaml')).not.toBe(afterInclude);
  });

  test('has no commit where there is no repository', () => {
    expect(results['good.ts']?.module).toMatchObject({ gitCommit: null, gitDirty: false });
  });

  test('names the commit and whether tracked files have changed', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', folder, ...args], { encoding: 'utf8' }).trim();
    git('init', '--quiet');
    git('add', 'good.ts');
    git('commit', '--quiet', '--message', 'first');
    const [clean] = await load(['good.ts']);
    expect(clean?.module).toMatchObject({ gitCommit: git('rev-parse', 'HEAD'), gitDirty: false });
    writeFileSync(join(folder, 'good.ts'), `${good('good')}// changed\n`);
    const [dirty] = await load(['good.ts']);
    expect(dirty?.module?.gitDirty).toBe(true);
  });
});

describe('a study file that is wrong', () => {
  test('a wrong setting of its configuration has its place in the YAML file', () => {
    expect(results['misspelt-config.ts']).toMatchObject({
      code: 'config_invalid',
      message: 'datazet: unknown key',
      place: expect.stringMatching(/misspelt\.yaml:2$/),
      hint: 'did you mean dataset?',
    });
  });

  test.each([
    ['absent.ts', 'study_invalid', '', /no such file/],
    ['type-error.ts', 'study_invalid', ':2:\\d+', /'y' does not exist/],
    ['syntax-error.ts', 'study_invalid', ':3:\\d+', /expected/i],
    ['no-default.ts', 'study_invalid', '', /no default export/],
    ['alpha.yaml', 'study_invalid', '', /a study is a TypeScript file/],
    ['wrong-default.ts', 'study_invalid', '', /not a study/],
    ['impossible-space.ts', 'space_invalid', ':2:\\d+', /^x: /],
    ['throws.ts', 'study_invalid', ':2:\\d+', /no depth/],
    ['throws-below-types.ts', 'study_invalid', ':7:9', /no config/],
    ['missing-import.ts', 'study_invalid', '', /absent\.ts/],
  ])('%s is refused with the place and a hint', (name, code, position, message) => {
    expect(results[name]).toMatchObject({
      code,
      place: expect.stringMatching(new RegExp(`^${join(folder, name).replaceAll('.', '\\.')}${position}$`)),
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/./),
    });
  });
});

test('the cache holds only marks of clean files', () => {
  expect(readdirSync(join(folder, 'data/cache/types')).filter((name) => !name.endsWith('.clean'))).toEqual([]);
});
