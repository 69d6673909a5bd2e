import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import config from './vite.config.mjs';

test('all styles are one sheet, which begins with the order of the layers, though a part is read before the tokens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-layers-'));
  try {
    await writeFile(join(folder, 'index.html'), '<script type="module" src="./main.js"></script>');
    await writeFile(join(folder, 'main.js'), "import './part.css';\nimport './later.js';\nvoid import('./page.js');");
    await writeFile(join(folder, 'later.js'), "import './tokens.css';");
    await writeFile(join(folder, 'page.js'), "import './page.css';\nexport default 1;");
    await writeFile(join(folder, 'part.css'), '@layer parts { .small { color: red } }');
    await writeFile(join(folder, 'page.css'), '@layer parts { .page { color: red } }');
    await writeFile(join(folder, 'tokens.css'), '@layer reset, tokens, base, parts;\n@layer base { button { color: blue } }');
    const built = await build({ ...config, root: folder, publicDir: false, build: { ...config.build, write: false } });
    const { output } = built as Extract<typeof built, { readonly output: unknown }>;
    const sheets = output.flatMap((file) => (file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : []));
    expect(sheets).toEqual([expect.stringMatching(/^@layer reset, ?tokens, ?base, ?parts;/)]);
    for (const rule of ['.small', '.page', 'button']) expect(sheets[0]).toContain(rule);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
