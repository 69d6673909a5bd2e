import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pages, withTables } from './settings-tables.ts';

test.each(Object.entries(pages))(
  'docs/%s has the settings as the schemas have them (npx tsx tests/repository/docs/print-settings.ts writes them)',
  (name, tables) => {
    const page = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
    expect(page).toBe(withTables(page, tables));
  },
);
