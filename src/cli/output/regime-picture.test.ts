import { expect, test } from 'vitest';
import { regimePicture } from './regime-picture.ts';

test('the picture has a line for each session, a shade for each regime, and shorter lines for shorter sessions', () => {
  const sessions = [
    { date: '2024-01-02', trained: true, regimes: [0, 0, 1, 1, 2, 2, 2, 2] },
    { date: '2024-01-03', trained: false, regimes: [2, 2, 0, 0] },
  ];
  expect(regimePicture(sessions, 3, 200)).toEqual(['2024-01-02 * ··▒▒████', '2024-01-03   ██··']);
  expect(regimePicture(sessions, 3, 17)).toEqual(['2024-01-02 * ··▒▒████', '2024-01-03   ██··']);
});
