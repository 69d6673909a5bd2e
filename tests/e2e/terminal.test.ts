import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { assay, assayHere } from './assay.ts';

const database = useDatabase();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-terminal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data') });

/** Runs a line of code in the process of a command, before it. */
const preloaded = (code: string): string => `--import=data:text/javascript,${encodeURIComponent(code)}`;

test.each([
  [
    'a promise that is not awaited',
    "process.once('beforeExit', () => { Promise.reject(new Error('stray postgresql://w:' + 'hunter' + 2 + '@h/d')); });",
  ],
  [
    'a callback',
    "process.once('beforeExit', () => setImmediate(() => { throw new Error('stray postgresql://w:' + 'hunter' + 2 + '@h/d'); }));",
  ],
])('an error out of %s ends a command in one line, and with its stack in the log of --log json alone', (_, code) => {
  const command = ['data', 'ls', '--data-dir', folder];
  const plain = assay(command, { NODE_OPTIONS: preloaded(code) });
  expect(plain.code).toBe(1);
  expect(plain.err).toMatch(/^error: stray postgresql:\/\/w:\*\*\*@h\/d\nhint: .*--log json.*\n$/);
  const logged = assay([...command, '--log', 'json'], { NODE_OPTIONS: preloaded(code) });
  expect(logged.code).toBe(1);
  expect(JSON.parse(logged.err)).toMatchObject({ level: 'error', stack: expect.stringMatching(/\n\s+at /) });
  expect(logged.err).not.toContain('hunter2');
});

test('what the database refuses is said without its SQL', async () => {
  await database.pool.query('alter table trials rename to trials_away');
  try {
    const { code, err } = await assayHere(['study', 'ls'], env());
    expect(code).toBe(1);
    expect(err).toMatch(/^error: relation "trials" does not exist$/m);
    expect(err).not.toMatch(/select|params:|Failed query|^\s+at /im);
  } finally {
    await database.pool.query('alter table trials_away rename to trials');
  }
});

test('passwords and keys of object stores are never printed', async () => {
  const store = { ...env(), AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'AKIAKEY', AWS_SECRET_ACCESS_KEY: 'sssecret' };
  for (const more of [
    { ASSAY_ARTIFACTS: 's3://bucket', AWS_ENDPOINT_URL: 'http://user:urlPassw0rd@127.0.0.1:9' },
    { ASSAY_ARTIFACTS: 's3://AKIAKEY:secretInUrl@bucket', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
  ]) {
    const { code, out, err } = await assayHere(['gc', '--dry-run'], { ...store, ...more });
    expect(code).not.toBe(0);
    expect(out + err).not.toMatch(/urlPassw0rd|secretInUrl|sssecret|AKIAKEY/);
    expect(err).toMatch(/^error: /);
    expect(err).not.toMatch(/^\s+at /m);
  }
});

test.each(['postgresql://w1:W@RONG/pw@host/db', 'postgresql://w1:12/pa@RONG/db', 'postgresql://w1:1?pa@RONG', 'postgresql://w1:1#pa@RONG'])(
  'a URL whose password is not encoded is refused, and no part of it is repeated: %s',
  async (url) => {
    for (const result of [
      await assayHere(['study', 'ls'], { DATABASE_URL: url }),
      await assayHere(['study', 'ls', '--database-url', url]),
    ]) {
      expect(result.code).toBe(2);
      expect(result.err).toMatch(/^error: DATABASE_URL: the database URL is not a PostgreSQL URL$/m);
      expect(result.err).toMatch(/^hint: .*percent-encoded/m);
      expect(result.out + result.err).not.toMatch(/RONG|pw@|W@|w1/);
    }
  },
);

test('the URL of a database can be read from a file', async () => {
  const file = join(folder, 'url');
  writeFileSync(file, `${database.url}\n`);
  expect(
    (await assayHere(['study', 'ls', '--json', '--database-url-file', file], { ASSAY_DATA_DIR: join(folder, 'none') })).json(),
  ).toMatchObject({
    items: [],
  });
  expect((await assayHere(['study', 'ls', '--database-url-file', file, '--database-url', database.url])).code).toBe(2);
  writeFileSync(file, '\n');
  for (const wrong of [file, join(folder, 'nowhere')]) {
    const { code, err } = await assayHere(['study', 'ls', '--database-url-file', wrong]);
    expect(code).toBe(2);
    expect(err).toContain(wrong);
  }
});
