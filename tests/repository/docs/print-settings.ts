/** Writes the tables of settings in docs anew: `node --import ./tests/tools/typescript.mjs tests/repository/docs/print-settings.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pages, withTables } from './settings-tables.ts';

for (const [name, tables] of Object.entries(pages)) {
  const page = new URL(`../../../docs/${name}`, import.meta.url);
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables));
}
