import { expect, test } from 'vitest';
import { curve } from '../../../../tests/fixtures/curves.ts';
import { nop, prunerOf } from '../index.ts';

test('nop keeps everything, NaN too', () => {
  expect(prunerOf(nop()).decide(curve([Number.NaN]), [], 'minimize')).toEqual({ prune: false });
});
