import { expect, test } from 'vitest';
import { loadGateRules } from '../../src/trading/config/load.ts';
import { gates } from '../../src/validation/gates/index.ts';
import { gateConformance } from './gate.ts';

for (const gate of gates) gateConformance(gate.from(loadGateRules()));

test('each gate has an id of its own, which what it makes bears', () => {
  expect(new Set(gates.map(({ id }) => id)).size).toBe(gates.length);
  for (const gate of gates) expect(gate.from(loadGateRules()).id).toBe(gate.id);
});
