import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const colours = new Map(
  [...css.matchAll(/--(?<name>[\w-]+): light-dark\((?<light>#[0-9a-f]{6}), (?<dark>#[0-9a-f]{6})\)/g)].map(({ groups }) => [
    groups!['name']!,
    [groups!['light']!, groups!['dark']!] as const,
  ]),
);

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const texts = ['ink', 'muted', 'accent', 'pass', 'fail', 'warn'];
const marks = ['edge', 'series-1', 'series-2', 'series-3', 'series-4', 'series-5'];
const grounds = ['paper', 'raised', 'hover', 'chosen'];

test.each(['light', 'dark'])('texts and marks can be told from every ground of the %s scheme (WCAG 1.4.3, 1.4.11)', (scheme) => {
  const at = scheme === 'light' ? 0 : 1;
  const weak = grounds.flatMap((ground) => {
    const below = (names: readonly string[], least: number) =>
      names
        .map((name) => ({ name, ground, ratio: contrast(colours.get(name)![at], colours.get(ground)![at]) }))
        .filter(({ ratio }) => ratio < least);
    return [...below(texts, 4.5), ...(ground === 'paper' || ground === 'raised' ? below(marks, 3) : [])];
  });
  expect(weak).toEqual([]);
});
