import { expect, test } from 'vitest';
import type { LiveStore } from '../store/live-store.ts';
import { createOperators } from './operators.ts';

test('what came of a command is written once, however many ask for it at a time, and again where it could not be', async () => {
  const written: string[] = [];
  let fails = true;
  const store = {
    commands: () => Promise.resolve([]),
    answer: async (id: number, outcome: string) => {
      await Promise.resolve();
      if (fails) throw new Error('away');
      written.push(`${id} ${outcome}`);
    },
  } as unknown as LiveStore;
  const operators = createOperators({ store, riskPersons: [] });
  operators.answered('7', 'taken');
  await expect(operators.answer()).rejects.toThrow('away');
  fails = false;
  await Promise.all([operators.answer(), operators.take(), operators.answer()]);
  expect(written).toEqual(['7 taken']);
});
