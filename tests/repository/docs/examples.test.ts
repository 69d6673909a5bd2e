import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-root.ts';
import { typeProblemsOf } from '../../../src/runner/study-files/type-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of a text, `ts` code between fences, with the stars of a doc comment taken off. */
function examplesOf(text: string): readonly string[] {
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, code]) => code!.replace(/^ \* ?/gm, ''))
    .filter((code) => /from 'assay(\/client)?'/.test(code));
}

const sources = ['src/client', 'src/features', 'src/search', 'src/trading'].flatMap((layer) =>
  readdirSync(join(packageRoot, layer), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join(packageRoot, layer, path)),
);

test('every example in a doc comment and in docs compiles against the package', async () => {
  const pages = ['ask-tell', 'spaces', 'features', 'package'].map((page) => join(packageRoot, `docs/${page}.md`));
  const examples = [...sources, ...pages].flatMap((path) => examplesOf(readFileSync(path, 'utf8')));
  expect(examples.length).toBeGreaterThanOrEqual(33);
  const files = examples.map((code, i) => {
    const file = join(folder, `example-${i}.ts`);
    writeFileSync(file, `${code.replaceAll(/^const /gm, 'export const ')}\n`);
    return file;
  });
  const all = join(folder, 'all.ts');
  writeFileSync(all, files.map((_, i) => `export * as example${i} from './example-${i}.ts';\n`).join(''));
  expect(await typeProblemsOf(all, 'examples', join(folder, 'cache'))).toEqual([]);
});
