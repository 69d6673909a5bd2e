import { expect, test } from 'vitest';
import { accountForPaperMoney } from './paper-money.ts';

const paper = { ALPACA_PAPER_KEY_ID: 'PKTEST', ALPACA_PAPER_SECRET_KEY: 'a-secret-of-this-test' };
const anyKey = { ...paper, ALPACA_PAPER_KEY_ID: 'K' };

test.each([
  ['alpaca-paper', {}, 'there are no keys'],
  ['alpaca-paper', { ...paper, ALPACA_PAPER_SECRET_KEY: '' }, 'there are no keys'],
  ['rest:https://paper-api.alpaca.markets', { ...paper, ALPACA_LIVE_KEY_ID: 'AKTEST' }, 'ALPACA_LIVE_KEY_ID is set'],
  ['rest:http://127.0.0.1:4100', { ...paper, APCA_API_SECRET_KEY: 'x' }, 'APCA_API_SECRET_KEY is set'],
  ['rest:https://paper-api.alpaca.markets', anyKey, 'no key of an account on paper'],
  ['rest:http://paper-api.alpaca.markets', paper, 'unencrypted'],
  ['rest:https://api.alpaca.markets', paper, 'no broker for paper money'],
  ['rest:nowhere', paper, 'is no broker'],
  ['ibkr', paper, 'is no broker'],
])('the broker %s with %o is refused before anything is sent, without the secret', (text, env, said) => {
  const account = () => accountForPaperMoney(text, env);
  expect(account).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(said) }));
  expect(account).not.toThrow(expect.objectContaining({ message: expect.stringContaining('a-secret-of-this-test') }));
});

test('accounts for paper money have their address and keys; the broker of this process has none', () => {
  expect(accountForPaperMoney('paper', {})).toBeNull();
  const alpaca = { url: 'https://paper-api.alpaca.markets', keyId: 'PKTEST', secretKey: 'a-secret-of-this-test' };
  expect(accountForPaperMoney('alpaca-paper', paper)).toEqual(alpaca);
  expect(accountForPaperMoney('rest:http://localhost:4100/', anyKey)).toEqual({ ...alpaca, url: 'http://localhost:4100', keyId: 'K' });
});
