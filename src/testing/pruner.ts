import { describe, expect, test } from 'vitest';
import type { Json } from '../core/json.ts';
import { createRng, type Rng } from '../core/rng.ts';
import type { PeerCurve, PruneDecision, Pruner } from '../search/pruners/pruner.ts';
import type { Curve, Direction } from '../search/trial/history.ts';

/** What a pruner says of itself where it is not what most do. */
export interface PrunerTraits {
  /** It stops nothing at all. */
  readonly keepsAll?: true;
  /** The states of the peers that its decisions may depend on; default every one. */
  readonly peers?: readonly PeerCurve['state'][];
  /** It counts a trial at the steps in the order in which they came. */
  readonly ordered?: true;
}

const directions: readonly Direction[] = ['minimize', 'maximize'];
const states: readonly PeerCurve['state'][] = ['complete', 'pruned', 'paused', 'running', 'failed'];

/**
 * Declares tests of what every pruner promises: decisions that depend on the curves alone, whatever is in them.
 *
 * @param name in the titles of the tests
 * @param create makes a new one each time
 * @param traits where it is not as most are
 *
 * @example
 * ```ts
 * import { prunerConformance } from 'assay/testing';
 * import { mine } from './mine.ts';
 *
 * prunerConformance('mine', () => mine, { peers: ['complete'] });
 * ```
 */
export function prunerConformance(name: string, create: () => Pruner, traits: PrunerTraits = {}): void {
  describe(`pruner ${name}`, () => {
    test('decides alike each time, also when made anew, and changes nothing that it is shown', () => {
      const pruner = create();
      const kept = courses(12, (self, peers, direction) => {
        const [frozenSelf, frozenPeers] = [deepFreeze(self), deepFreeze([...peers])];
        const decision = pruner.decide(frozenSelf, frozenPeers, direction);
        expect(pruner.decide(frozenSelf, frozenPeers, direction)).toEqual(decision);
        expect(create().decide(frozenSelf, frozenPeers, direction)).toEqual(decision);
        return decision;
      });
      if (traits.keepsAll) expect(kept.pruned).toBe(0);
      else expect(kept.pruned).toBeGreaterThan(0);
    });

    test('gives a reason in words whenever it stops a trial, and notes that survive JSON', () => {
      const pruner = create();
      courses(12, (self, peers, direction) => {
        const decision = pruner.decide(self, peers, direction);
        if (decision.prune) expect(decision.reason).toMatch(/\w+ \w+/);
        if (decision.note !== undefined) expect(JSON.parse(JSON.stringify(decision.note))).toEqual(decision.note);
        return decision;
      });
    });

    test('keeps a trial that has reported nothing', () => {
      for (const direction of directions) {
        const peers = finished(createRng('peers'), 30, 40);
        expect(create().decide({ number: 99, steps: [], values: [] }, peers, direction)).toMatchObject({ prune: false });
        expect(create().decide({ number: 99, steps: [], values: [] }, [], direction)).toMatchObject({ prune: false });
      }
    });

    test('never throws at NaN or infinities, in whatever trial', () => {
      const pruner = create();
      const wild = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 0];
      const rng = createRng('wild');
      const wildCurve = (number: number, length: number): Curve => ({
        number,
        steps: Array.from({ length }, (_, i) => i + 1),
        values: Array.from({ length }, () => wild[rng.int(wild.length)]!),
      });
      for (const direction of directions)
        for (let round = 0; round < 40; round++) {
          const peers = Array.from({ length: 14 }, (_, number): PeerCurve => {
            const state = states[rng.int(states.length)]!;
            return { ...wildCurve(number, rng.int(12)), state, ...(state === 'complete' && { value: wild[1 + rng.int(5)]! }) };
          });
          const decision = pruner.decide(wildCurve(99, rng.int(12)), peers, direction);
          expect(typeof decision.prune).toBe('boolean');
        }
    });

    if (!traits.keepsAll)
      test('does not keep a trial for ever that reports nothing but NaN', () => {
        for (const direction of directions) {
          const pruner = create();
          const peers = finished(createRng('peers'), 30, 100);
          let note: Json = null;
          const stopped = Array.from({ length: 100 }, (_, last) => last + 1).some((last) => {
            const steps = Array.from({ length: last }, (_, i) => i + 1);
            const decision = pruner.decide({ number: 99, steps, values: steps.map(() => Number.NaN), note }, peers, direction);
            note = decision.note ?? note;
            return decision.prune;
          });
          expect(stopped).toBe(true);
        }
      });

    test('decides alike for the mirrored values in the other direction', () => {
      const pruner = create();
      courses(12, (self, peers, direction) => {
        const decision = pruner.decide(self, peers, direction);
        const other = direction === 'minimize' ? 'maximize' : 'minimize';
        expect(pruner.decide(mirrored(self), peers.map(mirrored), other).prune).toBe(decision.prune);
        return decision;
      });
    });

    test('takes steps that were reported in any order', () => {
      const pruner = create();
      const rng = createRng('order');
      courses(12, (self, peers, direction) => {
        const shuffledPeers = peers.map((peer) => shuffledCurve(peer, rng));
        const decision = pruner.decide(self, peers, direction);
        const shuffled = pruner.decide(shuffledCurve(self, rng), shuffledPeers, direction);
        if (traits.ordered) expect(typeof shuffled.prune).toBe('boolean');
        else expect(shuffled.prune).toBe(decision.prune);
        return decision;
      });
    });

    const { peers: declared = states } = traits;
    if (declared.length < states.length)
      test(`looks only at peers that are ${declared.join(' or ') || 'none'}`, () => {
        const pruner = create();
        courses(12, (self, peers, direction) => {
          const decision = pruner.decide(self, peers, direction);
          const heeded = peers.filter(({ state }) => declared.includes(state));
          expect(pruner.decide(self, heeded, direction)).toEqual(decision);
          return decision;
        });
      });
  });
}

type Decide = (self: Curve, peers: readonly PeerCurve[], direction: Direction) => PruneDecision;

/** Runs studies of trials that report step by step, keeping notes as a storage does, and asks for each report. */
function courses(trials: number, decide: Decide): { readonly pruned: number } {
  let pruned = 0;
  for (const direction of directions) {
    const rng = createRng(`course ${direction}`);
    const peers: PeerCurve[] = finished(rng, 12, 40);
    for (let number = peers.length; number < 12 + trials; number++) {
      const length = 41;
      const [start, gain] = [10 * rng.normal(), 3 * rng.normal()];
      let curve: Curve = { number, steps: [], values: [], note: null };
      let ended: PeerCurve['state'] = (['complete', 'failed', 'running', 'paused'] as const)[number % 4]!;
      for (let step = 1; step < length; step++) {
        const value = rng.uniform() < 0.03 ? Number.NaN : start + gain * Math.log(step) + rng.normal();
        curve = { ...curve, steps: [...curve.steps, step], values: [...curve.values, value] };
        const decision = decide(curve, peers, direction);
        curve = { ...curve, note: decision.note ?? curve.note ?? null };
        if (!decision.prune) continue;
        pruned++;
        ended = decision.pause === true ? 'paused' : 'pruned';
        break;
      }
      peers.push({ ...curve, state: ended, ...(ended === 'complete' && { value: curve.values.findLast(Number.isFinite) ?? 0 }) });
    }
  }
  return { pruned };
}

/** Complete trials whose curves rise or fall to where they end. */
function finished(rng: Rng, trials: number, length: number): PeerCurve[] {
  return Array.from({ length: trials }, (_, number): PeerCurve => {
    const [start, gain] = [10 * rng.normal(), 3 * rng.normal()];
    const steps = Array.from({ length }, (__, i) => i + 1);
    const values = steps.map((step) => start + gain * Math.log(step) + rng.normal());
    return { number, steps, values, note: null, state: 'complete', value: values.at(-1)! };
  });
}

function mirrored<Of extends Curve & { readonly value?: number }>(curve: Of): Of {
  return { ...curve, values: curve.values.map((value) => -value), ...(curve.value !== undefined && { value: -curve.value }) };
}

function shuffledCurve<Of extends Curve>(curve: Of, rng: Rng): Of {
  const order = curve.steps.map((_, i) => ({ i, key: rng.uniform() })).sort((a, b) => a.key - b.key);
  return { ...curve, steps: order.map(({ i }) => curve.steps[i]!), values: order.map(({ i }) => curve.values[i]!) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
