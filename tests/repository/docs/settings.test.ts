import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withTables } from './settings-tables.ts';

test('docs/configuration.md has the settings as the schemas have them (print-settings.ts writes them)', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  expect(page).toBe(withTables(page));
});
