import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meetsRange } from './node-version.mjs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { engines: { node: string } };

test.each([
  ['18.20.8', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.7.3', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['23.11.0', false],
  ['24.0.0', true],
  ['25.1.0', true],
])('Node %s runs this program: %s', (version, runs) => {
  expect(meetsRange(version, engines.node)).toBe(runs);
});

test('a range in another form is refused, not misread', () => {
  expect(() => meetsRange('20.19.0', '20.x')).toThrow('20.x is neither');
});
