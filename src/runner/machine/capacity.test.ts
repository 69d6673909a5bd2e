import { describe, expect, test } from 'vitest';
import { capacityPerDevice, devicesFor, fitsInto, lackFor, remainingShare, type Share, trialsAtOnce } from './capacity.ts';

const machine: Share = { slots: 8, cores: 8, memoryMb: 16_000 };

describe('the capacity of a machine', () => {
  test('is divided among the devices, at least one core each', () => {
    const one = capacityPerDevice(1);
    const many = capacityPerDevice(1000);
    expect(one.slots).toBe(one.cores);
    expect(many).toMatchObject({ slots: 1, cores: 1 });
    expect(many.memoryMb).toBeLessThan(one.memoryMb);
    expect(capacityPerDevice(2, 5)).toMatchObject({ slots: 5, cores: null });
  });

  test.each([
    [null, 8],
    [{ threads: 3 }, 2],
    [{ threads: 64 }, 1],
    [{ memoryMb: 5000 }, 3],
    [{ threads: 4, memoryMb: 9000 }, 1],
    [{ memoryMb: 20_000 }, 0],
    [{ device: 'cpu' as const }, 8],
  ])('trials that need %j: %i at once', (needs, count) => {
    expect(trialsAtOnce(needs, machine)).toBe(count);
  });

  test('counts trials and memory but no cores where the number of trials is given', () => {
    const fixed: Share = { ...machine, slots: 3, cores: null };
    expect(trialsAtOnce({ threads: 64 }, fixed)).toBe(3);
    expect(trialsAtOnce({ memoryMb: 8000 }, fixed)).toBe(2);
  });

  test('is reduced by the running trials of any study', () => {
    const left = remainingShare([null, { threads: 4 }, { memoryMb: 10_000 }], machine);
    expect(left).toEqual({ slots: 5, cores: 2, memoryMb: 6000 });
    expect(fitsInto(null, left, machine)).toBe(true);
    expect(fitsInto({ threads: 2, memoryMb: 6000 }, left, machine)).toBe(true);
    expect(fitsInto({ threads: 3 }, left, machine)).toBe(false);
    expect(fitsInto({ memoryMb: 6001 }, left, machine)).toBe(false);
  });

  test('goes whole to a trial that needs more cores than there are', () => {
    expect(fitsInto({ threads: 64 }, machine, machine)).toBe(true);
    expect(fitsInto({ threads: 64 }, remainingShare([null], machine), machine)).toBe(false);
    expect(fitsInto(null, remainingShare([{ threads: 64 }], machine), machine)).toBe(false);
  });
});

describe('a study that cannot run on a machine', () => {
  test.each([
    [{ device: 'gpu' }, 'cpu', /need a gpu, and this worker computes on the cpu/],
    [{ device: 'cpu' }, 'gpu:1', /need the cpu, and this worker computes on gpu:1/],
    [{ memoryMb: 20_000 }, 'cpu', /needs 20000 MB of memory, and 16000 MB are free for cpu/],
  ] as const)('needs %j on %s', (needs, device, because) => {
    expect(lackFor(needs, { device, memoryMb: machine.memoryMb })).toMatch(because);
    expect(() => devicesFor({ name: 'big', needs }, [device], machine)).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: expect.stringMatching(/^the study big cannot run here: /),
        hint: expect.stringContaining('--device'),
      }),
    );
  });

  test('runs on the devices that fit', () => {
    expect(devicesFor({ name: 'mixed', needs: { device: 'gpu' } }, ['cpu', 'gpu:0', 'gpu:1'], machine)).toEqual(['gpu:0', 'gpu:1']);
    expect(devicesFor({ name: 'any', needs: null }, ['cpu', 'gpu:0'], machine)).toEqual(['cpu', 'gpu:0']);
  });
});
