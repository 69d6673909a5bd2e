import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Layout } from '../../src/market/dbn/layout.ts';
import { layouts } from '../../src/market/dbn/records.ts';

const intro = `# DBN records

Databento Binary Encoding, versions 1 to 3, as \`assay data import\` and \`assay data dbn\` read it. This page is written from \`src/market/dbn/records.ts\`
by \`npx vitest run --config tests/vitest.config.ts tests/repository/dbn-records.test.ts --update\`.

Integers are little-endian. A price is a signed 64-bit number of 1e-9, undefined at 2^63-1; a time is an unsigned 64-bit number of nanoseconds since
1970 in UTC, undefined at 2^64-1; text is padded with NUL. A record begins with its length in words of four bytes and its type; in a file with
send times it ends with eight more bytes.
`;

function section({ name, rtypes, versions, bytes, fields }: Layout): string {
  const types = rtypes.map((rtype) => `\`${rtype.toString(16).padStart(2, '0')}\``).join(', ');
  const shown = fields.filter((field) => !/_0[2-8]$/.test(field.name));
  const rows = shown.map((field) => `| ${field.offset} | ${field.name} | ${field.kind === 'text' ? `text, ${field.bytes}` : field.kind} |`);
  const note = shown.length < fields.length ? '\nLevels 02 to 08 lie between 01 and 09.\n' : '';
  return `\n## ${name}, ${versions.includes('-') ? 'versions' : 'version'} ${versions}\n\n${bytes} bytes, type ${types}.\n${note}\n| byte | field | kind |\n| --: | --- | --- |\n${rows.join('\n')}\n`;
}

test('docs/dbn-records.md lists every record as it is decoded', async () => {
  const path = fileURLToPath(new URL('../../docs/dbn-records.md', import.meta.url));
  await expect(intro + layouts.map(section).join('')).toMatchFileSnapshot(path);
});
