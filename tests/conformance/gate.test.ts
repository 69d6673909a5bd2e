import { describe, expect, test } from 'vitest';
import { gatePolicyNames, loadGatePolicy } from '../../src/trading/config/load.ts';
import { checkGates, gates } from '../../src/validation/gates/index.ts';
import { gatesOf } from '../../src/validation/gates/policy.ts';
import { goodEvidence } from '../fixtures/good-evidence.ts';
import { gateConformance } from './gate.ts';

const policies = gatePolicyNames().map((name) => loadGatePolicy(name));

/** Of one phase; a record cannot be inside two bands. */
const bandless = policies.flatMap((policy) => gatesOf(policy)).filter(({ id }) => id !== 'sortino-band');
for (const gate of new Map(bandless.map((one) => [`${one.id} ${one.version}`, one])).values()) gateConformance(gate);
gateConformance(gates.find(({ id }) => id === 'sortino-band')!({ minimum: 1, maximum: 1e9 } as never, 'warn'));

describe('the list of gates', () => {
  test('has each id once, which what it makes bears, and each stands in a policy of the platform', () => {
    expect(new Set(gates.map(({ id }) => id)).size).toBe(gates.length);
    const named = new Set(policies.flatMap((policy) => gatesOf(policy)).map(({ id }) => id));
    expect(gates.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  });

  test.each(policies.map(({ name }) => [name]))('%s passes where every gate does', (name) => {
    const { passed, gateResults } = checkGates(gatesOf(loadGatePolicy(name)), goodEvidence);
    expect(gateResults.filter(({ passed: one, severity }) => !one && severity === 'refuse').map(({ because }) => because)).toEqual([]);
    expect(passed).toBe(true);
  });
});
