import { expect, test } from 'vitest';
import { connectAlpacaPaper } from './alpaca-paper.ts';

const paper = { ALPACA_PAPER_KEY_ID: 'PKTEST', ALPACA_PAPER_SECRET_KEY: 'a-secret-of-this-test' };

test.each([
  [{}, 'there are no keys'],
  [{ ...paper, ALPACA_PAPER_SECRET_KEY: '' }, 'there are no keys'],
  [{ ...paper, ALPACA_LIVE_KEY_ID: 'AKTEST' }, 'ALPACA_LIVE_KEY_ID is set'],
  [{ ...paper, APCA_API_SECRET_KEY: 'x' }, 'APCA_API_SECRET_KEY is set'],
  [{ ...paper, ALPACA_PAPER_KEY_ID: 'AKTEST' }, 'no key of an account on paper'],
])('%o is refused before anything is sent, without the secret', (env, said) => {
  const connect = () => connectAlpacaPaper(env, { ticks: {}, rng: { uniform: () => 0 } });
  expect(connect).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(said) }));
  expect(connect).not.toThrow(expect.objectContaining({ message: expect.stringContaining('a-secret-of-this-test') }));
});
