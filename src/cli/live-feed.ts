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
  if (kind === 'gateway') {
    const { v6, name, port } = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(rest)?.groups ?? {};
    const host = v6 ?? name;
    if (host !== undefined && Number(port) <= 65_535) {
      const own = env[gatewayKeyVariable] ?? '';
      return { dataset, key: own === '' ? openGatewayKey : own, address: { host, port: Number(port) } };
    }
  }
  if (kind === 'databento' && /^[A-Z0-9]+(\.[A-Z0-9]+)*$/.test(rest)) {
    const key = env[databentoKeyVariable] ?? '';
    if (key !== '') return { dataset: rest, key };
    throw new AssayError('usage', `there is no key of Databento for ${rest}`, { place: '--feed', hint: `set ${databentoKeyVariable}` });
  }
  throw new AssayError('usage', `${JSON.stringify(text)} is no feed`, {
    place: '--feed',
    hint: 'write gateway:127.0.0.1:13000, or databento:GLBX.MDP3',
  });
}
