import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { markerPath, schemes, seriesColour, seriesDash, seriesMarker } from './palette.ts';

test('the colours are those of the pages', () => {
  const css = readFileSync(new URL('../web/style/tokens.css', import.meta.url), 'utf8');
  const declared = Object.fromEntries(
    [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
      name,
      { light, dark },
    ]),
  );
  const ours = Object.fromEntries(
    Object.entries(schemes.light).map(([name, light]) => [name, { light, dark: schemes.dark[name as 'ink'] }]),
  );
  expect(declared).toMatchObject(ours);
});

test('twenty series differ in colour, or else in dash and marker', () => {
  const looks = Array.from({ length: 20 }, (_, i) => `${seriesColour(i)} ${seriesDash(i).join()}`);
  const points = Array.from({ length: 20 }, (_, i) => `${seriesColour(i)} ${seriesMarker(i).shape}`);
  expect([new Set(looks).size, new Set(points).size]).toEqual([20, 20]);
  expect(seriesColour(6)).toBe('var(--series-2)');
});

test('markers are closed outlines, or two strokes', () => {
  expect(markerPath('square', 2)).toBe('M-1.78 -1.78L1.78 -1.78L1.78 1.78L-1.78 1.78Z');
  expect(markerPath('cross', 2)).toBe('M-2 -2L2 2M2 -2L-2 2');
});
