import { expect, test } from 'vitest';
import { feedKey, feedPlace, gatewayAddress, openGatewayKey } from './live-feed.ts';

const env = { DATABENTO_API_KEY: 'db-OfTheAccountWithRealMoney0001', ASSAY_GATEWAY_KEY: '' };
const gateway = { host: '127.0.0.1', port: 13_000 };

test("shows Databento's key to Databento alone", () => {
  expect(feedKey(gateway, env)).toBe(openGatewayKey);
  expect(feedKey(gateway, { ...env, ASSAY_GATEWAY_KEY: 'db-own' })).toBe('db-own');
  expect(feedKey(null, env)).toBe(env.DATABENTO_API_KEY);
  expect(() => feedKey(null, { ASSAY_GATEWAY_KEY: 'db-own' })).toThrow('no key of Databento');
  expect(feedPlace('gateway:127.0.0.1:13000', 'GLBX.MDP3', env)).toEqual({ dataset: 'GLBX.MDP3', key: openGatewayKey, address: gateway });
});

test.each([
  ['gateway:127.0.0.1:13000', gateway],
  ['gateway:[::1]:1', { host: '::1', port: 1 }],
  ['gateway:127.0.0.1:65536', null],
  ['gateway:nowhere', null],
  ['databento', null],
])('reads %s as the address of a gateway', (text, address) => {
  expect(gatewayAddress(text)).toEqual(address);
});
