import { AssayError } from '../../../core/errors.ts';

/** An account at a broker with Alpaca's trading interface, for paper money only. */
export interface RestAccount {
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
}

const alpacaHost = 'paper-api.alpaca.markets';
/** A paper server on this machine. */
const localHosts = ['127.0.0.1', 'localhost'];
const [keyVariable, secretVariable] = ['ALPACA_PAPER_KEY_ID', 'ALPACA_PAPER_SECRET_KEY'];
/** Keys of real accounts, which nothing on paper may hold. */
const liveVariables = ['ALPACA_LIVE_KEY_ID', 'ALPACA_LIVE_SECRET_KEY', 'APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'];

/**
 * The account of `alpaca-paper`, or of `rest:<url>`, with the keys of ALPACA_PAPER_KEY_ID and ALPACA_PAPER_SECRET_KEY; null: `paper`, the
 * broker in this process.
 * @throws AssayError `usage` for another broker, one that may have real money, without keys, with keys of a real account beside them, and
 * with a key that is none of an account on paper.
 */
export function accountForPaperMoney(text: string, env: Readonly<Record<string, string | undefined>>): RestAccount | null {
  if (text === 'paper') return null;
  const refuse = (because: string, hint: string): never => {
    throw new AssayError('usage', because, { place: '--broker', hint });
  };
  const address = text === 'alpaca-paper' ? `https://${alpacaHost}` : text.startsWith('rest:') ? text.slice(5) : '';
  if (!URL.canParse(address)) return refuse(`${JSON.stringify(text)} is no broker`, 'it takes paper, alpaca-paper, or rest:<url>');
  const url = new URL(address);
  const isLocal = localHosts.includes(url.hostname);
  if (!isLocal && url.hostname !== alpacaHost)
    return refuse(`${url.hostname} is no broker for paper money`, `it takes ${[alpacaHost, ...localHosts].join(', ')}`);
  if (!isLocal && url.protocol !== 'https:') return refuse('the keys would travel unencrypted', `take https://${url.hostname}`);
  const live = liveVariables.find((name) => (env[name] ?? '') !== '');
  if (live !== undefined)
    return refuse(`${live} is set, which may be the key of a real account`, `unset it: paper takes ${keyVariable} and ${secretVariable}`);
  const [keyId, secretKey] = [env[keyVariable] ?? '', env[secretVariable] ?? ''];
  if (keyId === '' || secretKey === '')
    return refuse('there are no keys of an account on paper', `set ${keyVariable} and ${secretVariable}`);
  if (!isLocal && !keyId.startsWith('PK')) return refuse(`${keyVariable} is no key of an account on paper`, 'those begin with PK');
  return { url: url.origin, keyId, secretKey };
}
