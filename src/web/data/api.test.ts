import { readFileSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/node-postgres';
import { expect, test } from 'vitest';
import { createApi } from '../../api/app.ts';

test('every address that the pages read is one of the API', async () => {
  const source = readFileSync(new URL('api.ts', import.meta.url), 'utf8');
  const read = [...source.matchAll(/^ {2}'(?<path>\/v1\/[^']+)': /gm)].map(({ groups }) => groups!['path']!);
  // Never asked.
  const answer = await createApi({ db: drizzle('postgresql://127.0.0.1:1/none') }).request('/openapi.json');
  const { paths } = (await answer.json()) as { readonly paths: Readonly<Record<string, { readonly get?: object }>> };
  const answered = Object.entries(paths).flatMap(([path, { get }]) => (get === undefined ? [] : [path.replaceAll(/\{\w+\}/g, '{}')]));
  expect(read.length).toBeGreaterThan(5);
  expect(read.filter((path) => !answered.includes(path))).toEqual([]);
});
