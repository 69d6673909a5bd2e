import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';
import type { ReportDocument } from '../report/document.ts';

const database = useDatabase();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function report(argv: readonly string[]) {
  const written = { out: '', err: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal: false,
    width: () => 80,
  });
  const io: Io = { out: sink('out'), err: sink('err'), in: new PassThrough(), env: {} };
  const code = await main(['report', ...argv, '--data-dir', folder, '--database-url', database.url], io);
  return { code, ...written };
}

const contentOf = (html: string, start: string, end: string): string => {
  const from = html.indexOf(start) + start.length;
  return html.slice(from, html.indexOf(end, from));
};

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test('a report is one file that runs its own script and loads nothing', async () => {
  const { name } = await studyWith(database.db, [
    { params: { lr: 0.5, layers: 1, note: '</script><!-- \u2028 $& {{title}}' }, outcome: complete(3), reports: [[1, 2]] },
    { params: { lr: 0.25, layers: 2 }, outcome: { kind: 'failed', error: { code: 'trial_failed', message: '</script><b>' } } },
  ]);
  const file = join(folder, 'r.html');
  expect(await report([`${name}#0`, '--out', file])).toMatchObject({ code: 0, out: `file\n${file}\n`, err: '' });
  const html = readFileSync(file, 'utf8');

  const policy = contentOf(html, 'http-equiv="Content-Security-Policy" content="', '"');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src ${sha256(contentOf(html, '<script type="module">', '</script>'))};`);
  expect(policy).toContain(`style-src ${sha256(contentOf(html, '<style>', '</style>'))};`);
  expect(html.match(/<(script|style|link|img|iframe|object)\b[^>]*>/g)).toEqual([
    '<style>',
    '<script type="application/json" id="report">',
    '<script type="module">',
  ]);
  expect(html).toContain(`<title>${name}#0 · Assay</title>`);

  const carried = JSON.parse(contentOf(html, 'id="report">', '</script>')) as ReportDocument;
  expect(carried).toMatchObject({ study: name, trial: 0 });
  expect(carried.answers[`/v1/studies/${name}`]).toMatchObject({ counts: { complete: 1, failed: 1 } });
  expect(carried.answers[`/v1/studies/${name}/trials/0`]).toMatchObject({ params: { note: '</script><!-- \u2028 $& {{title}}' } });
});

test('what is not there, or is there already, leaves no file', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(3) }]);
  const there = join(folder, 'there.html');
  writeFileSync(there, '');
  const before = readdirSync(folder);
  expect(await report(['no-such-study', '--out', join(folder, 'x.html')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no study no-such-study'),
  });
  expect(await report([`${name}#7`, '--out', join(folder, 'x.html')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no trial 7\nhint: '),
  });
  expect(await report([name, '--out', join(folder, 'none/x.html')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('cannot be written'),
  });
  expect(await report([name, '--out', there])).toMatchObject({ code: 3, err: expect.stringContaining('--replace') });
  expect(readdirSync(folder)).toEqual(before);
  expect((await report([name, '--out', there, '--replace'])).code).toBe(0);
});
