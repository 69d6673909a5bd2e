import { AssayError } from '../../../core/errors.ts';
import { connectRestBroker, type RestBroker, type RestBrokerOptions } from './rest-broker.ts';

const paperUrl = 'https://paper-api.alpaca.markets';
const [keyVariable, secretVariable] = ['ALPACA_PAPER_KEY_ID', 'ALPACA_PAPER_SECRET_KEY'];
/** Keys of real accounts, which nothing on paper may hold. */
const liveVariables = ['ALPACA_LIVE_KEY_ID', 'ALPACA_LIVE_SECRET_KEY', 'APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'];

/**
 * Alpaca's own account on paper: US equities only, with the keys of ALPACA_PAPER_KEY_ID and ALPACA_PAPER_SECRET_KEY.
 * @throws AssayError `usage` without them, with keys of a real account beside them, and with a key that is none of an account on paper.
 */
export function connectAlpacaPaper(
  env: Readonly<Record<string, string | undefined>>,
  options: Pick<RestBrokerOptions, 'ticks' | 'rng'>,
): RestBroker {
  const [keyId, secretKey] = [env[keyVariable] ?? '', env[secretVariable] ?? ''];
  const refuse = (what: string, hint: string): never => {
    throw new AssayError('usage', what, { place: 'alpaca-paper', hint });
  };
  const live = liveVariables.find((name) => (env[name] ?? '') !== '');
  if (live !== undefined)
    refuse(`${live} is set, which may be the key of a real account`, `unset it: paper takes ${keyVariable} and ${secretVariable}`);
  if (keyId === '' || secretKey === '') refuse('there are no keys of an account on paper', `set ${keyVariable} and ${secretVariable}`);
  if (!keyId.startsWith('PK')) refuse(`${keyVariable} is no key of an account on paper`, 'those begin with PK');
  return connectRestBroker({ ...options, url: paperUrl, keyId, secretKey, id: 'alpaca-paper', assetClasses: ['equity'] });
}
