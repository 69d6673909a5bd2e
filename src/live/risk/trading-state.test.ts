import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms } from '../../../tests/fixtures/live/mnq.ts';
import { type Cause, causeNames, causes, type Lift, ruleOf, stateOf, tradingStates } from './causes.ts';
import { type LatchCopy, latchText, readLatch, startState } from './latch.ts';
import { loosenedLimits, readLimits } from './limits.ts';
import {
  approvalFault,
  changes,
  type Loosening,
  type LooseningRequest,
  loosen,
  type RiskState,
  resume,
  settle,
  tighten,
  tradingState,
  unrestricted,
} from './trading-state.ts';

const limits = readLimits();
const session = 1_705_532_400_000;
const reason = 'the feed was repaired';
const ann = { name: 'ann', role: 'risk' };
const bob = { name: 'bob', role: 'risk' };

function under(...names: readonly Cause[]): RiskState {
  return names.reduce(
    (risk, cause) => tighten(risk, { cause, because: 'it is so', by: 'assay', at: ms(0), sessionOpenMs: session }).risk,
    unrestricted,
  );
}

function asked(more: Partial<LooseningRequest> = {}): LooseningRequest {
  return { to: 'reducing', approvals: [ann], reason, at: ms(1000), trueNow: [], isReconciled: true, ...more };
}

function granted(risk: RiskState, more: Partial<LooseningRequest> = {}): Loosening {
  const answer = loosen(risk, asked(more));
  if (!answer.granted) throw new Error(answer.because);
  return answer;
}

function refusal(risk: RiskState, more: Partial<LooseningRequest> = {}): string | null {
  const answer = loosen(risk, asked(more));
  return answer.granted ? null : answer.because;
}

describe('states', () => {
  test('are tightened by anyone and loosened one step at a time', () => {
    for (const [a, from] of tradingStates.entries())
      for (const [b, to] of tradingStates.entries())
        expect(changes[from][to], `${from} to ${to}`).toBe(a === b ? 'same' : b > a ? 'anyone' : a - b === 1 ? 'lift' : 'nobody');
  });

  test('follow from the causes in force, the tightest first', () => {
    expect(stateOf([])).toBe('active');
    expect(stateOf(['stale', 'daily-loss'])).toBe('reducing');
    expect(stateOf(['stale', 'drawdown'])).toBe('halted');
  });

  test('have the causes of the specification, with who ends them', () => {
    const by = (lift: Lift) => causeNames.filter((cause) => ruleOf(cause).lift === lift).sort();
    expect(by('clean')).toEqual(['lag', 'stale']);
    expect(by('next-session')).toEqual(['daily-loss', 'near-expiry']);
    expect(by('two-persons')).toEqual(['daily-loss-halt', 'drawdown', 'flatten-failed', 'position-mismatch']);
    // Nobody trades to repair a mismatch, nor again after a failed attempt.
    expect([causes['position-mismatch'].flattens, causes['flatten-failed'].flattens]).toEqual([false, false]);
    for (const cause of causeNames) if (ruleOf(cause).state === 'halted') expect(['person', 'two-persons']).toContain(ruleOf(cause).lift);
  });

  test('a halt cancels, sells, writes the latch and is an incident unless it was asked for', () => {
    const kinds = (cause: Cause) =>
      tighten(unrestricted, { cause, because: 'it is so', by: 'ann', at: ms(0), sessionOpenMs: session }).effects.map((effect) =>
        effect.kind === 'incident' ? effect.code : effect.kind,
      );
    expect(kinds('drawdown')).toEqual(['cancelAll', 'flatten', 'latch', 'record', 'kill-switch']);
    expect(kinds('feed-silence')).toEqual(['cancelAll', 'flatten', 'latch', 'record', 'data-gap', 'kill-switch']);
    expect(kinds('operator-halt')).toEqual(['cancelAll', 'latch', 'record']);
    expect(kinds('drill')).toEqual(['cancelAll', 'flatten', 'latch', 'record']);
    expect(kinds('stale')).toEqual(['cancelAll', 'latch', 'record']);
    // True once more: nothing is done twice.
    expect(
      tighten(under('drawdown'), { cause: 'drawdown', because: 'still', by: 'assay', at: ms(5), sessionOpenMs: null }).effects,
    ).toEqual([]);
  });
});

describe('the way back', () => {
  test('from a halt takes a person of the role risk, a reason, a cause that is over and reconciled books; another step is active', () => {
    const risk = under('reject-loop');
    expect(refusal(risk, { approvals: [] })).toMatch(/a person is needed/);
    expect(refusal(risk, { approvals: [{ name: 'ann', role: 'trader' }] })).toMatch(/role risk/);
    expect(refusal(risk, { reason: ' 123456789 ' })).toMatch(/10 characters/);
    expect(refusal(risk, { reason: '1234567890' })).toBeNull();
    expect(refusal(risk, { trueNow: ['reject-loop'] })).toMatch(/still true/);
    expect(refusal(risk, { trueNow: null })).toMatch(/cannot be told/);
    expect(refusal(risk, { isReconciled: false })).toMatch(/do not agree/);
    expect(refusal(risk, { to: 'active' })).toMatch(/does not go from halted to active/);
    const reducing = granted(risk).risk;
    expect([tradingState(reducing), reducing.causes.map(({ cause }) => cause)]).toEqual(['reducing', ['rearmed']]);
    expect(refusal(reducing)).toMatch(/reducing already/);
    expect(tradingState(granted(reducing, { to: 'active' }).risk)).toBe('active');
  });

  test('takes two different persons after a loss, a mismatch, a failed flatten, and for a looser limit', () => {
    for (const cause of ['daily-loss-halt', 'drawdown', 'position-mismatch', 'flatten-failed'] as const) {
      expect(refusal(under(cause)), cause).toMatch(/two different persons/);
      expect(refusal(under(cause), { approvals: [ann, { name: ' Ann', role: 'risk' }] }), cause).toMatch(/two different persons/);
      expect(refusal(under(cause), { approvals: [ann, bob] }), cause).toBeNull();
    }
    expect(loosenedLimits(limits, { ...limits, maxPositionLots: 2, silenceMs: 5000 })).toEqual(['maxPositionLots']);
    expect(loosenedLimits(limits, { ...limits, cleanMs: 1, collarTicks: Number.NaN })).toEqual(['collarTicks', 'cleanMs']);
    expect(approvalFault([ann], reason, 2)).toMatch(/two different persons/);
    expect(approvalFault([ann, bob], reason, 2)).toBeNull();
  });

  test('keeps what restricts beside the halt', () => {
    const risk = granted(under('daily-loss', 'reject-loop')).risk;
    expect(risk.causes.map(({ cause }) => cause)).toEqual(['daily-loss', 'rearmed']);
    expect(refusal(risk, { to: 'active' })).toMatch(/next session, and nobody/);
  });

  test('is automatic after 60 s without the cause, three times a session', () => {
    let risk = unrestricted;
    const resumed = (
      n: number,
      at: bigint,
      sessionOpenMs: number | null = session,
      trueNow: readonly Cause[] | null = [],
      isReconciled = true,
    ) =>
      resume(
        { ...risk, resumes: { ...risk.resumes, ...(n > 0 && { sessionOpenMs: session, count: n }) } },
        { at, sessionOpenMs, trueNow, isReconciled },
        limits,
      );
    risk = under('stale');
    expect(resumed(0, ms(60_000) - 1n)).toBeNull();
    expect(resumed(0, ms(60_000), null)).toBeNull();
    expect(resumed(0, ms(60_000), session, ['stale'])).toBeNull();
    expect(resumed(0, ms(60_000), session, null)).toBeNull();
    expect(resumed(0, ms(60_000), session, [], false)).toBeNull();
    const third = resumed(2, ms(60_000))!;
    expect([tradingState(third.risk), third.risk.resumes.count]).toEqual(['active', 3]);
    expect(resumed(3, ms(60_000))).toBeNull();
    expect(resumed(3, ms(60_000), session + 1)?.risk.resumes).toEqual({ sessionOpenMs: session + 1, count: 1 });
    // What is left to a person then.
    expect(refusal(risk, { to: 'active' })).toBeNull();
  });

  test('is automatic after a daily loss with the next session, never within the same', () => {
    const risk = under('daily-loss');
    const at = { at: ms(1e8), trueNow: [], isReconciled: true };
    expect(resume(risk, { ...at, sessionOpenMs: session }, limits)).toBeNull();
    expect(resume(risk, { ...at, sessionOpenMs: session + 1 }, limits)?.risk.causes).toEqual([]);
    const outside = tighten(unrestricted, { cause: 'daily-loss', because: 'it is so', by: 'assay', at: ms(0), sessionOpenMs: null }).risk;
    expect(resume(outside, { ...at, sessionOpenMs: session }, limits)?.risk.causes).toEqual([]);
    expect(resume(under('drawdown', 'operator-reduce'), { ...at, sessionOpenMs: session + 1 }, limits)).toBeNull();
  });

  test('holds once it is written, and not if a cause came in between', () => {
    const risk = under('stale', 'near-expiry');
    const loosening = resume(risk, { at: ms(60_000), sessionOpenMs: session, trueNow: ['near-expiry'], isReconciled: true }, limits)!;
    expect(loosening.effects.map(({ kind }) => kind)).toEqual(['record', 'latch']);
    const again = (cause: Cause) => tighten(risk, { cause, because: 'again', by: 'assay', at: ms(60_001), sessionOpenMs: session }).risk;
    expect(settle(risk, loosening)).toEqual({ risk: loosening.risk, effects: [] });
    // A cause that is still true and was not lifted is no obstacle, and keeps its time.
    expect(settle(again('near-expiry'), loosening).risk.causes).toMatchObject([{ cause: 'near-expiry', lastTrue: ms(60_001) }]);
    for (const cause of ['stale', 'drawdown'] as const) {
      const kept = settle(again(cause), loosening);
      expect(kept.risk.causes.map((one) => one.cause)).toContain('stale');
      expect(kept.effects).toEqual([{ kind: 'latch', risk: kept.risk }]);
    }
  });
});

describe('the latch', () => {
  const copy = (risk: RiskState, run = 'r') => ({ found: 'text', text: latchText(run, risk) }) as const;
  const started = (database: LatchCopy, file: LatchCopy) => startState('r', database, file, ms(9)).risk;
  const missing = { found: 'missing' } as const;

  test('halts a first start, and whenever a copy is missing, unreadable, damaged or of another run', () => {
    expect(started(missing, missing).causes.map(({ cause }) => cause)).toEqual(['first-start']);
    const whole = copy(unrestricted);
    const bad = [
      missing,
      { found: 'unreadable' },
      { found: 'text', text: whole.text.slice(0, -9) },
      { found: 'text', text: '' },
      copy(unrestricted, 'other'),
    ] as const;
    for (const one of bad)
      for (const [database, file] of [
        [one, whole],
        [whole, one],
      ] as const)
        expect(tradingState(started(database, file)), JSON.stringify([database, file])).toBe('halted');
    expect(tradingState(started(whole, whole))).toBe('active');
  });

  test('halted in either copy stays halted, through any number of restarts', () => {
    const halted = under('drawdown');
    for (const pair of [
      [copy(halted), copy(unrestricted)],
      [copy(unrestricted), copy(halted)],
      [copy(halted), copy(halted)],
    ] as const) {
      let risk = started(...pair);
      for (let i = 0; i < 3; i++) risk = started(copy(risk), copy(risk));
      expect(risk.causes).toEqual(halted.causes);
    }
    expect(tradingState(started(copy(halted), missing))).toBe('halted');
  });

  test('says the state in words, and no other state can be written over it', () => {
    const { text } = copy(under('drawdown'));
    expect(JSON.parse(text)).toMatchObject({ state: 'halted', causes: [{ cause: 'drawdown' }] });
    expect(readLatch('r', text.replace('halted', 'active'))).toBeNull();
    for (let i = 0; i < text.length; i += 7)
      expect(readLatch('r', text.slice(0, i) + (text[i] === '1' ? '2' : '1') + text.slice(i + 1)), `${i}`).toBeNull();
  });
});

test('whatever happens in whatever order, trading is never looser without the step that allows it', () => {
  const event = fc.oneof(
    fc.record({ do: fc.constant('cause' as const), cause: fc.constantFrom(...causeNames) }),
    fc.record({ do: fc.constant('ask' as const), to: fc.constantFrom(...tradingStates), persons: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ do: fc.constant('wait' as const), sessions: fc.integer({ min: 0, max: 1 }) }),
    fc.record({ do: fc.constant('restart' as const) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let risk = unrestricted;
      let opened = session;
      for (const [i, one] of events.entries()) {
        const at = ms(i * 61_000);
        const was = risk;
        if (one.do === 'cause') risk = tighten(risk, { cause: one.cause, because: 'so', by: 'assay', at, sessionOpenMs: opened }).risk;
        else if (one.do === 'restart') {
          const latch = { found: 'text', text: latchText('r', risk) } as const;
          expect(startState('r', latch, latch, at)).toEqual({ risk, effects: [] });
        } else if (one.do === 'wait') {
          opened += one.sessions;
          const step = resume(risk, { at, sessionOpenMs: opened, trueNow: [], isReconciled: true }, limits);
          if (step !== null) risk = settle(risk, step).risk;
          // Alone, trading never leaves a halt, nor what a person asked for.
          const left = was.causes.filter(({ cause }) => !risk.causes.some((other) => other.cause === cause));
          for (const { cause } of left) expect(['clean', 'next-session']).toContain(ruleOf(cause).lift);
          expect(was.causes.some(({ cause }) => ruleOf(cause).state === 'halted')).toBe(tradingState(risk) === 'halted');
        } else {
          const answer = loosen(risk, asked({ to: one.to, approvals: [ann, bob].slice(0, one.persons), at }));
          if (!answer.granted) continue;
          risk = settle(risk, answer).risk;
          expect(one.persons).toBeGreaterThan(0);
          expect(changes[tradingState(was)][tradingState(risk)]).toBe('lift');
        }
      }
    }),
    { numRuns: 300 },
  );
});
