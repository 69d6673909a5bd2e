import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { importDbn } from './import-dbn.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'assay-real-dbn-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test.skipIf(!hasSharedData)(`every real file is imported, or refused with a reason and a hint${sharedDataNote}`, async () => {
  const names = hasSharedData ? readdirSync(sharedDataFile('dbn/databento-python'), { recursive: true, encoding: 'utf8' }) : [];
  let imported = 0;
  for (const name of names.filter((one) => one.endsWith('.zst')))
    try {
      await importDbn({
        dataDir,
        name: 'x',
        files: [sharedDataFile(`dbn/databento-python/${name}`)],
        calendar: 'crypto',
        tick: 1e-9,
        replace: true,
      });
      imported++;
    } catch (error) {
      expect(error, name).toMatchObject({ name: 'AssayError', hint: expect.any(String) });
    }
  expect(imported).toBeGreaterThan(10);
});
