import { describe, expect, test } from 'vitest';
import { describeNeeds, type Needs, needsOf } from './needs.ts';

describe('the needs of a trial', () => {
  test('are kept as they are given, and nothing is nothing', () => {
    expect(needsOf({ threads: 2, memoryMb: 4096, device: 'gpu' })).toEqual({ threads: 2, memoryMb: 4096, device: 'gpu' });
    expect(needsOf({ device: 'cpu' })).toEqual({ device: 'cpu' });
    expect([needsOf(undefined), needsOf({})]).toEqual([null, null]);
  });

  test.each([
    [{ threads: 0 }, 'needs.threads'],
    [{ threads: 1.5 }, 'needs.threads'],
    [{ memoryMb: -1 }, 'needs.memoryMb'],
    [{ memoryMb: '4 GB' }, 'needs.memoryMb'],
    [{ device: 'tpu' }, 'needs.device'],
    [{ disk: 5 }, 'needs.disk'],
    ['much', 'needs'],
    [null, 'needs'],
  ])('%j is refused at %s, with a hint', (given, place) => {
    expect(() => needsOf(given as Needs)).toThrow(expect.objectContaining({ code: 'study_invalid', place, hint: expect.any(String) }));
  });

  test('read as a sentence', () => {
    expect(describeNeeds({ threads: 2, memoryMb: 4096, device: 'gpu' })).toBe('2 threads, 4096 MB, a gpu');
    expect(describeNeeds({ threads: 1 })).toBe('1 thread');
  });
});
