import { expect, test } from 'vitest';
import { isWellFormed, oneLine, shortened, storableText } from './text.ts';

test('half a surrogate pair is found and replaced, a whole one is kept', () => {
  expect(isWellFormed('a\ud83d\ude00b')).toBe(true);
  for (const text of ['\ud800', 'a\udc00', '\udc00\ud800']) expect(isWellFormed(text)).toBe(false);
  expect(storableText('a\ud800b\0c\ud83d\ude00')).toBe('a\ufffdb\ufffdc\ud83d\ude00');
});

test('a long text is cut, says how many characters are missing, and is not cut again', () => {
  expect(shortened('short')).toBe('short');
  const cut = shortened('x'.repeat(30_000_000));
  expect(cut.length).toBeLessThanOrEqual(16_384);
  const missing = Number(/… (\d+) more characters$/.exec(cut)?.[1]);
  expect(missing + cut.indexOf('…')).toBe(30_000_000);
  expect(shortened(cut)).toBe(cut);
  expect(isWellFormed(shortened('\ud83d\ude00'.repeat(20_000)))).toBe(true);
  expect(isWellFormed(shortened(`x${'\ud83d\ude00'.repeat(20_000)}`))).toBe(true);
});

test('a list shows the first line that says something', () => {
  expect(oneLine('\n  boom\nat x\n')).toBe('boom …');
  expect(oneLine('boom')).toBe('boom');
  expect(oneLine('y'.repeat(1000))).toHaveLength(200);
});
