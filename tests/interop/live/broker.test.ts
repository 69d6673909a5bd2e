import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPaperPort } from '../../../src/live/broker/port/paper-port.ts';
import { createMarketTime } from '../../../src/live/broker/server/market-feed.ts';
import { createPaperAccount } from '../../../src/live/broker/server/paper-account.ts';
import { type PaperServer, servePaper } from '../../../src/live/broker/server/serve-paper.ts';
import { systemFeedClock } from '../../../src/live/feed/feed-clock.ts';
import { brokerOf, levels, open, symbol, terms } from '../../fixtures/live/mnq.ts';
import { casesOf } from './cases.ts';

/** A Python that has Alpaca's client ('': none). */
const python = process.env['ASSAY_ALPACA'] ?? '';
if (python === '') console.warn('skipped: the real client of Alpaca, since ASSAY_ALPACA names no Python that has it');

test.runIf(process.env['ASSAY_REQUIRE_ALPACA'] === '1')('CI has a Python with the client of Alpaca', () => {
  expect(python).not.toBe('');
});

describe.skipIf(python === '')("Alpaca's own client", () => {
  const secret = 'a-secret-of-this-test';
  let server: PaperServer;
  let turns: NodeJS.Timeout;
  let said: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const time = createMarketTime(systemFeedClock);
    time.see(open);
    const paper = brokerOf({ staleMs: 600_000, latency: { insert: 2, cancel: 2, ack: 1 } });
    const account = createPaperAccount(createPaperPort(paper, time.now), [terms], time.now);
    account.market({ kind: 'book', time: time.now(), symbol, bids: levels([20_000, 50]), asks: levels([20_000.25, 50]) });
    turns = setInterval(account.advance, 2);
    server = await servePaper({ account, secret });
    said = await casesOf(python, 'broker.py', [server.url, secret, symbol]);
  });
  afterAll(async () => {
    clearInterval(turns);
    await server.close();
  });

  test.each([
    'the_account_its_hours_and_its_assets_are_there',
    'an_order_is_filled_and_held',
    'an_id_is_taken_once',
    'orders_rest_are_replaced_and_canceled',
    'what_cannot_be_is_refused',
    'updates_come_over_the_stream',
    'positions_are_closed',
  ])('%s', (name) => {
    expect(said.get(''), 'what it said').toBe('');
    expect(said.get(name)).toBe('');
  });
});
