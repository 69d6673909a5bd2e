import { expect, test } from 'vitest';
import { lineOfKey } from './yaml-line.ts';

const text = `base: &base
  rate: 1
training:
  phases:
    - { updates: 1 }
    - steps: 2
      updates: 3
again: *base
`;

test.each([
  [['base', 'rate'], 2],
  [['training', 'phases'], 4],
  [['training', 'phases', '1', 'updates'], 7],
  [['training', 'missing'], 3],
  [['again', 'rate'], 2],
  [['missing'], 1],
])('the key %j is on line %i', (keys, line) => {
  expect(lineOfKey(text, keys)).toBe(line);
});
