import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { sourceHashOf } from './module-ref.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-module-ref-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['./data', './a%2Fb.ts', './absent.ts'])(
  'what a text mentions and is no file is no part of the source: %s',
  async (mentioned) => {
    mkdirSync(join(folder, 'data'), { recursive: true });
    const text = `// The numbers are taken from '${mentioned}'.\nexport default 1;\n`;
    writeFileSync(join(folder, 'study.ts'), text);
    expect(await sourceHashOf(join(folder, 'study.ts'))).toBe(sha256(text));
  },
);

test('what a CommonJS study requires by a path is part of its source, with or without an ending', async () => {
  const study = join(folder, 'required.cjs');
  writeFileSync(study, "const { one } = require('./helper');\nmodule.exports = one;\n");
  writeFileSync(join(folder, 'helper.js'), 'exports.one = 1;\n');
  const before = await sourceHashOf(study);
  writeFileSync(join(folder, 'helper.js'), 'exports.one = 2;\n');
  expect(await sourceHashOf(study)).not.toBe(before);
});
