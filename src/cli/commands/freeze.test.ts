import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { createStorage } from '../../storage/storage.ts';
import { describeStudy } from '../../testing/storage/subject.ts';
import { main } from '../main.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-freeze-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command; `told` is all that it wrote. */
async function assay(...argv: string[]) {
  let told = '';
  const sink = {
    write: (text: string) => {
      told += text;
    },
    isTerminal: false,
    width: () => 80,
  };
  const code = await main([...argv, '--database-url', database.url, '--data-dir', folder], {
    out: sink,
    err: sink,
    in: new PassThrough(),
    env: {},
  });
  return { code, told };
}

function studyFile(name: string, options: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { defineStudy, float } from 'assay';
export default defineStudy({ name: '${name}', direction: 'minimize', space: { x: float(0, 1) }, ${options}, objective: ({ params }) => params.x });`,
  );
  return file;
}

test('orders to a frozen study exit with 3 and say why, until a person lifts the freeze with a reason', async () => {
  const storage = createStorage(database.db);
  for (const name of ['works', 'waits']) await storage.open(describeStudy({ name, group: 'pair' }));
  const file = studyFile('waits', "group: 'pair'");

  const frozen = await assay('freeze', 'pair', '--until', 'dual-ticker', '--study', 'works');
  expect(frozen).toMatchObject({ code: 0 });
  expect(frozen.told).toContain('until a trial of works passes the gates of dual-ticker; it holds waits');
  for (const order of [
    ['run', file],
    ['work', '--study', 'waits'],
    ['trial', 'enqueue', 'waits'],
    ['study', 'resume', 'waits'],
  ]) {
    const { code, told } = await assay(...order);
    expect({ order, code, told }).toEqual({
      order,
      code: 3,
      told: expect.stringContaining(
        'study waits is frozen: group pair waits until a trial of study works passes the gates of dual-ticker',
      ) as string,
    });
  }
  expect((await assay('study', 'ls')).told).toMatch(/^waits\tfrozen\t/m);
  expect((await assay('study', 'show', 'waits')).told).toMatch(/^freeze\tfrozen until works passes dual-ticker \(frozen by /m);
  expect((await assay('study', 'show', 'works')).told).toMatch(/^freeze\tworks to pass dual-ticker \(/m);
  expect((await assay('freeze', 'ls')).told).toContain('pair');

  expect(await assay('freeze', 'lift', 'pair')).toMatchObject({ code: 2 });
  expect(await assay('freeze', 'lift', 'pair', '--reason', ' ')).toMatchObject({ code: 2 });
  expect((await assay('freeze', 'lift', 'pair', '--reason', 'another idea')).told).toContain('another idea');
  expect(await assay('freeze', 'lift', 'pair', '--reason', 'again')).toMatchObject({ code: 3 });
  expect((await assay('study', 'ls')).told).toMatch(/^waits\tidle\t/m);
  const history = JSON.parse((await assay('freeze', 'show', 'pair', '--json')).told) as { readonly items: readonly object[] };
  expect(history.items).toMatchObject([{ group: 'pair', state: 'lifted', lifted: { because: 'another idea' }, holds: [] }]);
});

test('a freeze needs its policy and its study, a known group, and a next study that is there', async () => {
  expect(await assay('freeze', 'pair', '--study', 'works')).toMatchObject({
    code: 2,
    told: expect.stringContaining('a freeze needs --until') as string,
  });
  expect(await assay('freeze', 'pair', '--until', 'dual-ticker')).toMatchObject({
    code: 2,
    told: expect.stringContaining('a freeze needs --study') as string,
  });
  expect(await assay('freeze', 'pair', '--until', 'dual-tiker', '--study', 'works')).toMatchObject({
    code: 2,
    told: expect.stringContaining('dual-ticker') as string,
  });
  expect(await assay('freeze', 'show', 'pear')).toMatchObject({ code: 2, told: expect.stringContaining('did you mean pair?') as string });

  const storage = createStorage(database.db);
  const url = `file://${studyFile('first', "group: 'row', next: 'second'")}`;
  const module = { url, sourceHash: 'b'.repeat(64), packagesHash: null, gitCommit: null, gitDirty: false };
  await storage.open(describeStudy({ name: 'first', group: 'row', next: 'second', module }));
  const freeze = () => assay('freeze', 'row', '--until', 'dual-ticker', '--study', 'first');
  expect(await freeze()).toMatchObject({
    code: 2,
    told: expect.stringContaining('second, which comes after first, is neither stored nor described') as string,
  });
  studyFile('second', "group: 'row'");
  expect(await freeze()).toMatchObject({ code: 0 });
});
