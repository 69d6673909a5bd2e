import { expect, test } from 'vitest';
import { createBackOff } from './back-off.ts';

test('doubles the pause of a study up to five minutes, and resets it after a successful ask', () => {
  let now = 0;
  const aside = createBackOff(() => now);
  const study = { id: 1, revision: 7 };
  const restsForMs = (): number => {
    const since = now;
    while (aside.isBackingOff(study)) now += 1000;
    return now - since;
  };
  expect([aside.isBackingOff(study), aside.has(1)]).toEqual([false, false]);
  const pauses = Array.from({ length: 8 }, () => {
    aside.add(study, 'no such parameter');
    return restsForMs() / 1000;
  });
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  expect([aside.has(1), aside.has(2)]).toEqual([true, false]);
  aside.remove(1);
  expect(aside.has(1)).toBe(false);
  aside.add(study, 'no such parameter');
  expect(restsForMs()).toBe(5000);
});

test('asks a changed study at once, but not by a list read before its fault', () => {
  const aside = createBackOff(() => 0);
  aside.add({ id: 1, revision: 7 }, 'no such parameter');
  expect([6, 7, 8].map((revision) => aside.isBackingOff({ id: 1, revision }))).toEqual([true, true, false]);
  expect(aside.isBackingOff({ id: 2, revision: 1 })).toBe(false);
});

test('tells a new reason from a repeated one', () => {
  const aside = createBackOff(() => 0);
  const add = (because: string): boolean => aside.add({ id: 1, revision: 7 }, because);
  expect([add('a'), add('a'), add('b'), add('b')]).toEqual([true, false, true, false]);
  aside.remove(1);
  expect(add('b')).toBe(true);
});
