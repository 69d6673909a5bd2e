import { describe, expect, test } from 'vitest';
import { auditReward, type RewardEpisode, rankCorrelation, shapingDominates, shapingLimits } from './reward-audit.ts';

const episode = (netPnl: number, shaping: number, rest = netPnl): RewardEpisode => ({ reward: rest + shaping, shaping, netPnl });
const dominates = (episodes: readonly RewardEpisode[]) => shapingDominates(auditReward(episodes), shapingLimits);

describe('a reward', () => {
  test('with a little shaping that follows the net P&L is not dominated', () => {
    const episodes = [episode(100, 10), episode(-80, -16), episode(60, 6), episode(-20, -4), episode(40, 4)];
    expect(auditReward(episodes)).toEqual({ share: 40 / 340, correlation: 1, profitless: false });
    expect(dominates(episodes)).toBe(false);
  });

  test('without shaping is never dominated, whatever else it pays for', () => {
    expect(dominates([episode(-10, 0, 50), episode(-20, 0, 70)])).toBe(false);
    expect(auditReward([episode(0, 0), episode(0, 0)]).share).toBe(0);
    expect(dominates([])).toBe(false);
  });

  test('of which more than half is shaping is dominated; half of it is not', () => {
    expect(dominates([episode(1, 1), episode(2, 2), episode(3, 3)])).toBe(false);
    expect(dominates([episode(1, 1), episode(2, 2), episode(3, 3.01)])).toBe(true);
  });

  test('whose order is not that of the net P&L is dominated, and so is one whose order cannot be compared', () => {
    const against = [episode(30, -29), episode(20, -10), episode(10, 8), episode(40, -39.5)];
    expect(auditReward(against)).toMatchObject({ share: expect.closeTo(0.46, 2), correlation: -1 });
    expect(dominates(against)).toBe(true);
    expect(dominates([episode(5, 1)])).toBe(true);
    expect(dominates([episode(5, 1), episode(5, 1), episode(5, 1)])).toBe(true);
  });

  test('that pays without a net profit is dominated', () => {
    const episodes = [episode(-1, 0.9, 2), episode(-2, 0.9, 1), episode(1, 0.9, 3)];
    expect(auditReward(episodes)).toMatchObject({ profitless: true, correlation: 1 });
    expect(dominates(episodes)).toBe(true);
    expect(dominates(episodes.map((one) => ({ ...one, netPnl: one.netPnl + 1 })))).toBe(false);
  });

  test('that is NaN is dominated', () => {
    expect(dominates([episode(1, Number.NaN), episode(2, 1)])).toBe(true);
  });
});

test('rank correlation counts ties by mean ranks', () => {
  // scipy.stats.spearmanr([1, 2, 2, 4], [2, 1, 3, 4]) = 0.632...
  expect(rankCorrelation([1, 2, 2, 4], [2, 1, 3, 4])).toBeCloseTo(0.6324555320336759, 12);
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBe(-1);
  expect(rankCorrelation([1, 1, 1], [3, 2, 1])).toBeNaN();
  expect(rankCorrelation([1, Number.NaN], [3, 2])).toBeNaN();
});
