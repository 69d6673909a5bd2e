import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ms } from '../../../tests/fixtures/live/mnq.ts';
import { stateOf } from './causes.ts';
import { readLimits } from './limits.ts';
import { causesNow, type RiskMeasures } from './triggers.ts';

const limits = readLimits();
const sound: RiskMeasures = {
  now: ms(0),
  isOpen: true,
  positions: { MNQH4: 1 },
  silenceMs: 0,
  clockSkewMs: 0,
  loopDelayMs: 0,
  navMicros: 10_000e6,
  openNavMicros: 10_000e6,
  peakNavMicros: 10_000e6,
  maintenanceMicros: 1_500e6,
  denials: [],
  rejects: [],
  isNearExpiry: false,
  isFinite: true,
  canRecord: true,
  reconciled: 'same',
};

function found(more: Partial<RiskMeasures>): readonly string[] {
  return causesNow({ ...sound, ...more }, limits).map(({ cause }) => cause);
}

const denied = (n: number, agoMs: number, code = 'order-rate') =>
  Array.from({ length: n }, () => ({ at: ms(-agoMs), code: code as 'order-rate' }));
const times = (n: number, agoMs: number) => Array.from({ length: n }, () => ms(-agoMs));

test.each<[is: string, more: Partial<RiskMeasures>, causes: readonly string[]]>([
  ['nothing', {}, []],
  ['silence just below 10 s', { silenceMs: 9_999.9 }, []],
  ['silence of 10 s', { silenceMs: 10_000 }, ['stale']],
  ['of 60 s with a position', { silenceMs: 60_000 }, ['stale', 'feed-silence']],
  ['of 60 s with a position that is not known', { silenceMs: 60_000, positions: null }, ['stale', 'feed-silence', 'not-computable']],
  ['of 60 s while flat', { silenceMs: 60_000, positions: { MNQH4: 0 } }, ['stale']],
  ['outside of sessions', { silenceMs: 1e9, isOpen: false }, []],
  ['clocks 499 ms apart', { clockSkewMs: -499 }, []],
  ['500 ms, either way', { clockSkewMs: -500 }, ['lag']],
  ['a loop 250 ms late', { loopDelayMs: 250 }, ['lag']],
  ['a loss of a micro-dollar below 2 %', { navMicros: 9_800e6 + 1 }, []],
  ['of 2 %', { navMicros: 9_800e6 }, ['daily-loss']],
  ['of a micro-dollar below 3 %', { navMicros: 9_700e6 + 1 }, ['daily-loss']],
  ['of 3 %', { navMicros: 9_700e6 }, ['daily-loss', 'daily-loss-halt']],
  ['of 4.5 % from the peak', { navMicros: 9_788_750_000, peakNavMicros: 10_250e6, openNavMicros: 9_800e6 }, ['drawdown']],
  ['of a micro-dollar less', { navMicros: 9_788_750_001, peakNavMicros: 10_250e6, openNavMicros: 9_800e6 }, []],
  ['the maintenance margin itself', { maintenanceMicros: 10_000e6 }, []],
  ['a micro-dollar below it', { maintenanceMicros: 10_000e6 + 1 }, ['margin']],
  ['two lots', { positions: { MNQH4: -2 } }, ['position-limit']],
  ['two denials in a loop', { denials: denied(2, 60_000) }, []],
  ['three', { denials: denied(3, 60_000) }, ['denial-loop']],
  ['three in more than a minute', { denials: denied(3, 60_000.001) }, []],
  ['three of another kind', { denials: denied(3, 0, 'collar') }, []],
  ['four rejects', { rejects: times(4, 0) }, []],
  ['five', { rejects: times(5, 60_000) }, ['reject-loop']],
  ['an expiry', { isNearExpiry: true }, ['near-expiry']],
  ['a feature that is NaN', { isFinite: false }, ['not-computable']],
  ['no record', { canRecord: false }, ['no-record']],
  ['another position at the broker', { reconciled: 'differs' }, ['position-mismatch']],
  ['no answer of the broker is no news', { reconciled: 'unknown' }, []],
])('%s', (_, more, causes) => {
  expect(found(more)).toEqual(causes);
});

test('every measure that is NaN, null or missing restricts trading', () => {
  const measured = [
    'isOpen',
    'positions',
    'silenceMs',
    'clockSkewMs',
    'loopDelayMs',
    'navMicros',
    'openNavMicros',
    'peakNavMicros',
    'maintenanceMicros',
  ] as const;
  for (const name of [...measured, 'isNearExpiry', 'isFinite', 'canRecord', 'denials', 'rejects', 'now'] as const)
    for (const by of [Number.NaN, null, undefined]) {
      const damaged = { ...sound, denials: denied(1, 1), rejects: times(1, 1), [name]: by } as unknown as RiskMeasures;
      expect(stateOf(causesNow(damaged, limits).map(({ cause }) => cause)), `${name} is ${String(by)}`).not.toBe('active');
    }
});

test('no measure makes it throw, and more loss never restricts less', () => {
  const amount = fc.integer({ min: -20_000e6, max: 20_000e6 });
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.integer({ min: 1, max: 20_000e6 }),
      fc.integer({ min: 1, max: 20_000e6 }),
      (a, b, openNavMicros, peakNavMicros) => {
        const of = (navMicros: number) => new Set(found({ navMicros, openNavMicros, peakNavMicros }));
        const [less, more] = [of(Math.max(a, b)), of(Math.min(a, b))];
        for (const cause of less) expect(more.has(cause)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
