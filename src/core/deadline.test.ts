import { expect, test, vi } from 'vitest';
import { patience } from '../../tests/fixtures/patience.ts';
import { deadline } from './deadline.ts';

test('what is overdue is told once; what is called off is not', async () => {
  const [told, off] = [vi.fn(), vi.fn()];
  deadline(20, told);
  deadline(20, off)();
  await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), patience);
  expect(off).not.toHaveBeenCalled();
});

test('a process that was held up reads what has arrived before it calls anything overdue', async () => {
  const order: string[] = [];
  const callOff = deadline(10, () => order.push('overdue'));
  // The answer is there long before the deadline, and cannot be read.
  setTimeout(() => {
    order.push('answer');
    callOff();
  }, 20);
  const until = performance.now() + 700;
  while (performance.now() < until);
  await vi.waitFor(() => expect(order).toContain('answer'), patience);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(order).toEqual(['answer']);
});
