import { AssayError } from '../core/errors.ts';
import type { GatewayAddress } from '../live/feed/connection.ts';

/** What opens a gateway of recordings on this machine where no other key is set: no secret. */
export const openGatewayKey = 'db-AssayGatewayOnThisMachine0001';
export const gatewayKeyVariable = 'ASSAY_GATEWAY_KEY';
const databentoKeyVariable = 'DATABENTO_API_KEY';

/** Where a market comes from, and with which key. */
export interface FeedPlace {
  readonly dataset: string;
  readonly key: string;
  /** Left out: the data set's own gateway. */
  readonly address?: GatewayAddress;
}

/**
 * Reads `databento:GLBX.MDP3`, or `gateway:127.0.0.1:13000`, which serves the given data set.
 * @throws AssayError `usage` for other text, and where Databento's key is not in the environment.
 */
export function feedPlace(text: string, dataset: string, env: Readonly<Record<string, string | undefined>>): FeedPlace {
  const [kind, rest] = [text.split(':')[0], text.slice(text.indexOf(':') + 1)];
  const address = gatewayAddress(text);
  if (address !== null) return { dataset, key: feedKey(address, env), address };
  if (kind === 'databento' && /^[A-Z0-9]+(\.[A-Z0-9]+)*$/.test(rest)) return { dataset: rest, key: feedKey(null, env) };
  throw new AssayError('usage', `${JSON.stringify(text)} is no feed`, {
    place: '--feed',
    hint: 'write gateway:127.0.0.1:13000, or databento:GLBX.MDP3',
  });
}

/** Reads `gateway:127.0.0.1:13000` or `gateway:[::1]:13000` (null: it is something else). */
export function gatewayAddress(text: string): GatewayAddress | null {
  const { v6, name, port } = /^gateway:(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const host = v6 ?? name;
  return host !== undefined && Number(port) <= 65_535 ? { host, port: Number(port) } : null;
}

/**
 * The key of a gateway, or of Databento itself (null), which no gateway gets to see.
 * @throws AssayError `usage` if there is none of Databento
 */
export function feedKey(gateway: GatewayAddress | null, env: Readonly<Record<string, string | undefined>>): string {
  const key = env[gateway === null ? databentoKeyVariable : gatewayKeyVariable] ?? '';
  if (key !== '') return key;
  if (gateway !== null) return openGatewayKey;
  throw new AssayError('usage', 'there is no key of Databento', {
    place: '--feed',
    hint: `set ${databentoKeyVariable} to the key of your account`,
  });
}
