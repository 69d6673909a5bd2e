import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { replayRecording } from '../../../src/live/drivers/replay.ts';
import { serveRecordings } from '../../../src/live/gateway/serve-recordings.ts';
import { testKey } from '../../fixtures/live/scripted-gateway.ts';
import { writeQuotes } from './quotes.ts';
import { benchParts, receiveRun } from './receive.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-rates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a recording that is served and received decides, orders and fills as its replay does, without a gap', async () => {
  const path = join(folder, 'quotes.dbn');
  const { quotes, bars } = writeQuotes(path, 8000);
  const gateway = await serveRecordings({ key: testKey, recordings: [path] });
  const received = await receiveRun(gateway.address, testKey, 0n, bars);
  await gateway.close();
  expect(received).toMatchObject({ quotes, bars, gaps: [] });
  const replayed = await replayRecording({ path, receivedPath: null }, benchParts());
  expect(replayed.orders.length).toBeGreaterThan(20);
  expect(received.record.decisions).toEqual(replayed.decisions);
  expect(received.record.orders).toEqual(replayed.orders);
  expect(received.record.reports).toEqual(replayed.reports);
  expect(received.record.navs).toEqual(replayed.navs);
});

test('a market with a speed is received whole', async () => {
  const path = join(folder, 'paced.dbn');
  const { quotes, bars, seconds } = writeQuotes(path, 4000);
  const gateway = await serveRecordings({ key: testKey, recordings: [path], speed: seconds });
  const received = await receiveRun(gateway.address, testKey, null, bars);
  await gateway.close();
  expect(received).toMatchObject({ quotes, bars, gaps: [] });
});
