import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AccountsGolden, checkAccounts } from './accounts.ts';
import { readGolden } from './read.ts';

const golden = readGolden<AccountsGolden>(fileURLToPath(new URL('../fixtures/golden/market/accounts.json', import.meta.url)));

describe('accounts in contracts, and shaping', () => {
  test('agree with the reference: rounding, dead band, margin, rolls, costs, terms of trades', () => {
    expect(golden.futures!.length + golden.shaping!.terms.length).toBe(8);
    expect(checkAccounts(golden)).toEqual([]);
  });

  test.each(['cap', 'contracts', 'gain', 'cost', 'nav'] as const)('a wrong %s is found', (key) => {
    const [first, ...others] = golden.futures!;
    const steps = first!.steps.map((step, row) => (row === 6 ? { ...step, [key]: step[key] + 1e-6 } : step));
    expect(checkAccounts({ futures: [{ ...first!, steps }, ...others] })).toEqual([expect.stringContaining(`step 6: ${key}`)]);
  });
});
