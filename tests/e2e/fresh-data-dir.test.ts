import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assayHere } from './assay.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-fresh-'));
  written('bad-type.ts', study.replace('params.x', 'params.y'));
  written('good.ts', study);
  written('space.json', '{ "lr": { "type": "float", "low": 1, "high": 0 } }');
  written('reserved.json', '{ "constructor": { "type": "float", "low": 0, "high": 1 } }');
  written('reserved-deep.json', '{ "lr": { "type": "float", "low": 0, "high": 1, "__proto__": { "step": 1 } } }');
  written('good.json', '{ "lr": { "type": "float", "low": 0, "high": 1 } }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = `import { defineStudy, float } from 'assay';
export default defineStudy({ name: 'fresh', direction: 'minimize', space: { x: float(0, 1) }, objective: ({ params }) => params.x });
`;

function written(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** In a data directory that does not exist: a server that was started would have made it. */
test.each([
  [['run', 'nowhere.ts']],
  [['run', '.']],
  [['run', 'bad-type.ts']],
  [['run', 'good.ts', '--name', 'Not A Name']],
  [['run', 'good.ts', '--set', '__proto__=1']],
  [['run', 'good.ts', '--metrics', '0.0.0.0:9464']],
  [['study', 'diff', 'nowhere.ts']],
  [['validate', 'No Name']],
  [['ask-tell', '--study', 's', '--space', 'nowhere.json']],
  [['ask-tell', '--study', 's', '--space', 'space.json']],
  [['ask-tell', '--study', 's', '--space', 'reserved.json']],
  [['ask-tell', '--space', 'reserved-deep.json']],
  [['ask-tell', '--study', 's', '--space', 'good.json', '--sampler', 'oracle']],
  [['ask-tell', '--study', 's', '--space', 'good.json', '--sampler', 'tpe', '--sampler-options', '{"__proto__":{"x":1}}']],
  [['trial', 'enqueue', 'No Name', '-p', 'x=1']],
  [['trial', 'enqueue', 's', '-p', 'opt.constructor=1']],
  [['trial', 'ls', 'No Name']],
  [['best', 'No Name']],
  [['importance', 'No Name']],
  [['model', 'history', 'No Name']],
  [['data', 'import', 'nowhere.csv', '--name', 'x']],
])('%j is refused before anything is made', async (parameters) => {
  const dataDir = join(folder, 'data');
  const here = parameters.map((parameter) => (/^\.$|^[\w-]+\.(ts|json|csv)$/.test(parameter) ? join(folder, parameter) : parameter));
  const { code, out, err } = await assayHere([...here, '--data-dir', dataDir]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: /m);
  expect(err).toMatch(/^hint: /m);
  expect(err).not.toMatch(/^\s+at /m);
  // A run whose types are right has left the mark that says so.
  if (existsSync(dataDir)) {
    expect(parameters).toContain('good.ts');
    expect(readdirSync(dataDir)).toEqual(['cache']);
    rmSync(dataDir, { recursive: true });
  }
});
