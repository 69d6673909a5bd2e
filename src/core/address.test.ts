import { describe, expect, test } from 'vitest';
import { checkName, parseModelAddress, parseStudyOrTrial, parseTrialAddress, trialAddress } from './address.ts';

describe('addresses', () => {
  test('reads back the trial that it wrote', () => {
    expect(parseTrialAddress(trialAddress('nvda-msft', 42))).toEqual({ study: 'nvda-msft', number: 42 });
  });

  test('tells a study from a trial', () => {
    expect(parseStudyOrTrial('s1')).toEqual({ study: 's1', number: null });
    expect(parseStudyOrTrial('s1#0')).toEqual({ study: 's1', number: 0 });
  });

  test('reads a model by alias and by version', () => {
    expect(parseModelAddress('scalper@champion')).toEqual({ model: 'scalper', at: 'champion' });
    expect(parseModelAddress('scalper@7')).toEqual({ model: 'scalper', at: 7 });
  });

  test.each(['s#', 's#-1', 's#01', 's#1.5', 'S#1', '#1', 's#1#2', 's'])('refuses %s as a trial, with a hint', (text) => {
    expect(() => parseTrialAddress(text)).toThrowError(expect.objectContaining({ code: 'usage', hint: expect.any(String) }));
  });

  test.each(['m', 'm@', '@a', 'm@a@b', 'm@A'])('refuses %s as a model version', (text) => {
    expect(() => parseModelAddress(text)).toThrowError(expect.objectContaining({ code: 'usage' }));
  });

  test('refuses names that would not fit an address or a file name', () => {
    for (const name of ['', '../x', 'a/b', 'a#b', 'a@b', 'x'.repeat(101), ' a']) expect(() => checkName('study', name)).toThrow();
  });
});
