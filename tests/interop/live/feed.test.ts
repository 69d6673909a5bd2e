import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatewayOptions, RecordingGateway } from '../../../src/live/gateway/serve-recordings.ts';
import { serveRecordings } from '../../../src/live/gateway/serve-recordings.ts';
import type { DbnRecord } from '../../../src/market/dbn/record.ts';
import { mboBytes } from '../../fixtures/live/mbo.ts';
import { symbol } from '../../fixtures/live/mnq.ts';
import { testKey } from '../../fixtures/live/scripted-gateway.ts';
import { tradesOf, useServedRecordings } from '../../fixtures/live/served.ts';
import { casesOf } from './cases.ts';

/** A Python that has Databento's client ('': none). */
const python = process.env['ASSAY_DATABENTO'] ?? '';
if (python === '') console.warn('skipped: the real client of Databento, since ASSAY_DATABENTO names no Python that has it');

test.runIf(process.env['ASSAY_REQUIRE_DATABENTO'] === '1')('CI has a Python with the client of Databento', () => {
  expect(python).not.toBe('');
});

describe.skipIf(python === '')("Databento's own client", () => {
  const served = useServedRecordings();
  const gateways: RecordingGateway[] = [];
  let said: ReadonlyMap<string, string>;
  let recorded: readonly DbnRecord[];
  const ofType = (records: readonly DbnRecord[], rtype: number): readonly DbnRecord[] =>
    records.filter((record) => record['rtype'] === rtype);

  beforeAll(async () => {
    const second = 1_000_000_000n;
    served.write(
      'paced-1.dbn',
      tradesOf(
        1,
        Array.from({ length: 100 }, (_, i) => 10n * second + (BigInt(i) * second) / 2n),
      ),
    );
    served.write(
      'paced-2.dbn',
      tradesOf(
        2,
        Array.from({ length: 100 }, (_, i) => 11n * second + (BigInt(i) * second) / 2n),
      ),
    );
    served.write('named.dbn', tradesOf(1, [10, 20, 20, 50], ['S1', 'S.c.0']));
    served.write('orders.dbn', mboBytes(['A', 1, 100, 5], ['A', 2, 99, 5], ['T', 9, 100, 1]));
    const serve = async (files: readonly string[], more: Partial<GatewayOptions> = {}): Promise<number> => {
      const gateway = await serveRecordings({ key: testKey, recordings: files.map(served.place), ...more });
      gateways.push(gateway);
      return gateway.address.port;
    };
    recorded = await served.filed('day.dbn');
    const quotes = ofType(recorded, 1);
    const middle = quotes[quotes.length >> 1]!['ts_event'] as bigint;
    const facts = {
      ...{ key: testKey, symbol, folder: dirname(served.place('x')), middle: Number(middle) },
      ports: {
        plain: await serve(['day.dbn']),
        trades: await serve(['named.dbn', 'two.dbn']),
        paced: await serve(['paced-1.dbn', 'paced-2.dbn'], { speed: 4 }),
        faulty: await serve(['day.dbn'], {
          faults: [
            { session: 1, after: 700, kind: 'rst' },
            { session: 2, after: 900, kind: 'error', code: 6 },
          ],
        }),
        orders: await serve(['orders.dbn'], { start: 15n }),
        bars: await serve(['bars.dbn']),
      },
      counts: {
        'mbp-1': quotes.length,
        'ohlcv-1m': ofType(recorded, 0x21).length,
        'after the middle': quotes.filter((record) => (record['ts_event'] as bigint) >= middle).length,
      },
    };
    const path = served.place('facts.json');
    // As digits: a number would be rounded on its way.
    writeFileSync(path, JSON.stringify(facts).replace(`"middle":${facts.middle}`, `"middle":${middle}`));
    said = await casesOf(python, 'feed.py', [path]);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  test.each([
    'records_are_those_of_the_file',
    'packed_records_are_those_of_the_file',
    'a_start_leaves_out_what_was_before',
    'wrong_keys_and_data_sets_are_refused',
    'unknown_symbols_are_told_and_the_others_come',
    'sessions_run_side_by_side_and_symbols_are_mapped',
    'a_market_with_a_speed_takes_later_subscriptions',
    'it_connects_again_after_resets_and_errors',
    'a_snapshot_begins_with_a_cleared_book',
    'intervals_end_and_silence_is_filled',
  ])('%s', (name) => {
    expect(said.get(''), 'what it said').toBe('');
    expect(said.get(name)).toBe('');
  });

  test.each(['plain.dbn', 'packed.dbn'])('wrote %s with the market records of the recording', async (name) => {
    const written = await served.filed(name);
    for (const rtype of [1, 0x21]) expect(ofType(written, rtype)).toEqual(ofType(recorded, rtype));
  });
});
