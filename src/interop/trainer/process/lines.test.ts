import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineCutter, longestLine } from './lines.ts';

test('lines are the same however their bytes arrive', () => {
  const text = fc.array(
    fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', '')),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(text, fc.array(fc.nat(30)), (lines, sizes) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const heard: string[] = [];
      const take = createLineCutter((line) => heard.push(line), expect.unreachable);
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        take(bytes.subarray(at, at + size));
        at += size;
      }
      const kept = lines.map((line) => Buffer.from(line).toString().trimEnd()).filter((line) => line !== '');
      expect(heard).toEqual(kept);
    }),
  );
});

test('a line that is too long is told once, and nothing behind it is heard', () => {
  const heard: string[] = [];
  let tooLong = 0;
  const take = createLineCutter(
    (line) => heard.push(line),
    () => tooLong++,
  );
  take(Buffer.from('before\n'));
  for (let i = 0; i < 3; i++) take(Buffer.alloc(longestLine / 2, 'x'));
  take(Buffer.from('\nafter\n'));
  expect([heard, tooLong]).toEqual([['before'], 1]);
});
