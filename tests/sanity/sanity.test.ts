import { expect, test } from 'vitest';
import { cartPole } from '../../src/trading/env/reference/cart-pole.ts';
import { delayedSignalEdge } from '../../src/trading/env/reference/delayed-signal.ts';
import { predictablePrice, pureNoise } from '../../src/trading/env/reference/price.ts';
import { delayedReturn, trader } from './market.ts';
import { episodesOf, meanOf, standardErrorOf, trainAndEvaluate } from './task.ts';

// Short forms of `npm run sanity`; those of the identity box and of the memory task are beside their agents.

test('SAC earns most of the possible reward on a predictable price', async () => {
  const reward = await trainAndEvaluate({ env: predictablePrice(16), agent: trader, until: { updates: 300 }, seed: 1 }, async (agent) =>
    meanOf(await episodesOf(agent, predictablePrice(16), 32)),
  );
  // 0.4607 a step is persistence x E|return|, over 256 steps.
  expect(reward / 256 / 0.4607).toBeGreaterThan(0.7);
});

test('SAC earns nothing on noise', async () => {
  const rewards = await trainAndEvaluate({ env: pureNoise(16), agent: trader, until: { updates: 100 }, seed: 1 }, (agent) =>
    episodesOf(agent, pureNoise(16), 64),
  );
  expect(meanOf(rewards)).toBeLessThanOrEqual(2 * standardErrorOf(rewards));
});

test('SAC with a window learns a signal that a single step does not show', async () => {
  const edge = delayedSignalEdge({ delay: 8, length: 4, drift: 2 });
  expect((await delayedReturn('attention', 8, 12, 300, 1)) / edge).toBeGreaterThan(0.5);
  expect(Math.abs(await delayedReturn('none', 8, 12, 300, 1)) / edge).toBeLessThan(0.25);
});

test('recurrent PPO learns to balance a pole without seeing its velocity', async () => {
  const env = () => cartPole(8, { velocity: false });
  const options = { id: 'recurrent-ppo', memoryWidth: 32, learningRate: 2e-3, lambda: 0.98, largestGradientNorm: 1, epochs: 5 } as const;
  const score = await trainAndEvaluate({ env: env(), agent: options, until: { environmentSteps: 8 * 128 * 8 }, seed: 1 }, async (agent) =>
    meanOf(await episodesOf(agent, env(), 24)),
  );
  // A random policy lasts about 20 steps, one without memory about 50.
  expect(score).toBeGreaterThan(80);
});
