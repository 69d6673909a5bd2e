import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { studyWith } from '../../../tests/fixtures/trials.ts';
import { main } from '../main.ts';

const database = useDatabase();

test('a failed trial is shown with its reason and the hint', async () => {
  const error = { code: 'not_finite', message: 'traded on 1 of 3 sessions', hint: 'measure on more sessions' };
  const { name } = await studyWith(database.db, [{ outcome: { kind: 'failed', error } }]);
  let written = '';
  const out = { write: (text: string) => (written += text), isTerminal: false, width: () => 80 };
  const io = { out, err: out, in: new PassThrough(), env: {} };
  expect(await main(['trial', 'show', `${name}#0`, '--database-url', database.url], io)).toBe(0);
  expect(written).toMatch(/^state\tfailed: traded on 1 of 3 sessions\nhint\tmeasure on more sessions$/m);
});
