import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feasibleValues, type PeerValue } from './feasible-peers.ts';

const known = (value: number, feasible: boolean): PeerValue => ({ value, feasible });
const unknown = (value: number): PeerValue => ({ value, feasible: undefined });

test('a trial of unknown feasibility counts where most of its neighbours are feasible, whatever the order of the peers', () => {
  const peers = [
    known(1.2, true),
    known(9, false),
    known(10, false),
    known(Number.NaN, true),
    known(1, true),
    known(8, false),
    known(1.1, true),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(peers, { minLength: peers.length }), (shuffled) => {
      expect(feasibleValues([...shuffled, unknown(1.05)])).toContain(1.05);
      expect(feasibleValues([...shuffled, unknown(9.5)])).not.toContain(9.5);
    }),
  );
});

test('equal infinities are neighbours, and NaN has none', () => {
  const infinite = [known(Number.POSITIVE_INFINITY, true), known(Number.POSITIVE_INFINITY, true), known(1, false), known(2, false)];
  expect(feasibleValues([...infinite, unknown(Number.POSITIVE_INFINITY)])).toHaveLength(3);
  expect(feasibleValues([...infinite, unknown(Number.NaN)])).toHaveLength(2);
});
