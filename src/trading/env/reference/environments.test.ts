import { describe, expect, test } from 'vitest';
import { environmentConformance } from '../../../../tests/conformance/environment.ts';
import { createRng } from '../../../core/rng.ts';
import type { VectorEnv } from '../env.ts';
import { bandit } from './bandit.ts';
import { cartPole } from './cart-pole.ts';
import { delayedSignal, delayedSignalEdge } from './delayed-signal.ts';
import { identityBox } from './identity-box.ts';
import { memory } from './memory.ts';
import { password } from './password.ts';
import { pendulum } from './pendulum.ts';
import { predictablePrice, pureNoise } from './price.ts';
import { stochastic } from './stochastic.ts';

environmentConformance('identity box', (count) => identityBox(count));
environmentConformance('pendulum', pendulum);
environmentConformance('cart pole', (count) => cartPole(count));
environmentConformance('cart pole without velocity', (count) => cartPole(count, { velocity: false }));
environmentConformance('memory', (count) => memory(count));
environmentConformance('memory of three bits', (count) => memory(count, 3, 2));
environmentConformance('password', (count) => password(count));
environmentConformance('stochastic', (count) => stochastic(count, 0.75, 100));
environmentConformance('bandit', (count) => bandit(count));
environmentConformance('predictable price', (count) => predictablePrice(count));
environmentConformance('delayed signal', (count) => delayedSignal(count));
environmentConformance('pure noise', (count) => pureNoise(count));

/** Mean reward per step when `act` computes every action from the copy's observation. */
function meanReward(env: VectorEnv, steps: number, act: (observation: Float32Array) => number): number {
  env.reset(createRng('play'));
  let total = 0;
  for (let step = 0; step < steps; step++) {
    env.step(
      Float32Array.from({ length: env.count }, (_, copy) =>
        act(env.observations.subarray(copy * env.observationSize, (copy + 1) * env.observationSize)),
      ),
    );
    total += env.rewards.reduce((a, b) => a + b, 0) / env.count;
  }
  return total / steps;
}

describe('cartPole', () => {
  test('moves by the published equations', () => {
    const env = cartPole(1);
    env.reset(createRng(4));
    const [x, speed, angle, turning] = env.observations as unknown as readonly [number, number, number, number];
    env.step(Float32Array.of(1));
    const pull = (10 + 0.05 * turning ** 2 * Math.sin(angle)) / 1.1;
    const turn = (9.8 * Math.sin(angle) - Math.cos(angle) * pull) / (0.5 * (4 / 3 - (0.1 * Math.cos(angle) ** 2) / 1.1));
    const next = [
      x + 0.02 * speed,
      speed + 0.02 * (pull - (0.05 * turn * Math.cos(angle)) / 1.1),
      angle + 0.02 * turning,
      turning + 0.02 * turn,
    ];
    for (const [i, value] of next.entries()) expect(env.observations[i]).toBeCloseTo(value, 6);
    expect(env.rewards[0]).toBe(1);
  });

  test('terminates beyond 12 degrees under a constant push, and is truncated after 500 steps when balanced', () => {
    const env = cartPole(1);
    env.reset(createRng(1));
    let steps = 0;
    do {
      env.step(Float32Array.of(0));
      steps += 1;
    } while (!env.terminated[0]);
    expect(steps).toBeLessThan(12);
    expect(Math.abs(env.finalObservations[2]!)).toBeGreaterThan((12 * Math.PI) / 180);

    // A linear rule on all four values balances the pole.
    let age = 0;
    do {
      const [x, speed, angle, turning] = env.observations as unknown as readonly [number, number, number, number];
      env.step(Float32Array.of(Number(angle + turning + 0.02 * x + 0.1 * speed > 0)));
      age += 1;
    } while (!env.terminated[0] && !env.truncated[0]);
    expect([age, env.truncated[0]]).toEqual([500, 1]);
  });

  test('hides both speeds with velocity false', () => {
    const [open, hidden] = [cartPole(2), cartPole(2, { velocity: false })];
    for (const env of [open, hidden]) {
      env.reset(createRng(3));
      env.step(Float32Array.of(0, 1));
    }
    expect([...hidden.observations]).toEqual([0, 2, 4, 6].map((i) => open.observations[i]));
  });
});

describe('memory', () => {
  test('scores 1 for the shown bit and 0.5 for a constant', () => {
    // One bit, seen before the first of five actions; the last of them is the answer.
    const env = memory(64);
    env.reset(createRng('memory'));
    let score = 0;
    for (let episode = 0; episode < 50; episode++) {
      const shown = env.observations.slice();
      for (let step = 0; step < 5; step++) {
        env.step(shown);
        score += env.rewards.reduce((a, b) => a + b, 0);
        if (step < 4) expect(env.observations.every((bit) => bit === 0)).toBe(true);
      }
      expect([...env.terminated]).toEqual(new Array<number>(64).fill(1));
    }
    expect(score).toBe(64 * 50);
    expect(Math.abs(5 * meanReward(memory(64), 600, () => 1) - 0.5)).toBeLessThan(0.03);
  });

  test('asks for several bits in order', () => {
    const env = memory(1, 3, 2);
    env.reset(createRng('order'));
    const seen: number[] = [];
    // Three bits, then two zeros: 0 pays while bits are still to come, and nothing pays during the zeros.
    for (const paid of [1, 1, 0, 0]) {
      seen.push(env.observations[0]!);
      env.step(Float32Array.of(0));
      expect(env.rewards[0]).toBe(paid);
    }
    for (const bit of seen.slice(0, 3)) {
      env.step(Float32Array.of(1 - bit));
      expect(env.rewards[0]).toBe(0);
    }
    expect(env.terminated[0]).toBe(1);
  });
});

describe('password', () => {
  test('pays exactly one string, at its end, and shows the guesses so far', () => {
    const paying = Array.from({ length: 32 }, (_, word) => {
      const env = password(1);
      env.reset(createRng(1));
      const paid = Array.from({ length: 5 }, (_unused, bit) => {
        expect([...env.observations]).toEqual(Array.from({ length: 5 }, (_guess, i) => (i < bit ? (word >> i) & 1 : -1)));
        env.step(Float32Array.of((word >> bit) & 1));
        return env.rewards[0];
      });
      expect(paid.slice(0, 4)).toEqual([0, 0, 0, 0]);
      return paid[4];
    });
    expect(paying.filter((reward) => reward === 1).length).toBe(1);
  });
});

describe('stochastic', () => {
  test('pays a random mix more than either constant choice', () => {
    const rng = createRng('mix');
    const of = (zero: number) => meanReward(stochastic(16), 1000, () => Number(rng.uniform() > zero));
    const [mixed, always, never] = [of(0.75), of(1), of(0)];
    expect(always).toBe(0);
    expect(never).toBe(0);
    expect(mixed).toBeGreaterThan(0.4);
  });

  test('pays by the distance of the mix after the step', () => {
    const env = stochastic(1, 0.75);
    env.reset(createRng(1));
    const paid = [0, 1, 0, 0, 0].map((choice) => {
      env.step(Float32Array.of(choice));
      return env.rewards[0];
    });
    // f = 1, 1/2, 2/3, 3/4, 4/5: only the third moves towards 3/4 from below.
    expect(paid[0]).toBe(0);
    expect(paid[1]).toBe(0);
    expect(paid[2]).toBeCloseTo(1 - (0.75 - 2 / 3) ** 2, 6);
    expect(paid.slice(3)).toEqual([0, 0]);
  });
});

describe('bandit', () => {
  test('pays one arm', () => {
    const means = [0, 1, 2, 3].map((arm) => meanReward(bandit(64), 50, () => arm));
    expect(means).toEqual([0, 0, 1, 0]);
    const noisy = meanReward(bandit(64, 4, 1), 200, () => 2);
    expect(noisy).not.toBe(1);
    expect(Math.abs(noisy - 1)).toBeLessThan(0.05);
  });
});

describe('price', () => {
  test('following the last return earns persistence * E|r| per step, less the costs', () => {
    const follow = ([last]: Float32Array) => Math.sign(last!);
    const expected = 0.5 * Math.sqrt(2 / Math.PI) * Math.sqrt(4 / 3);
    const free = meanReward(predictablePrice(64), 1024, follow);
    expect(Math.abs(free - expected)).toBeLessThan(0.02);
    // The sign changes with probability 1/2 - asin(0.5)/pi = 1/3, and each change trades twice the position.
    const costly = meanReward(predictablePrice(64, { costBp: 1 }), 1024, follow);
    expect(free - costly).toBeCloseTo(0.1 * 2 * (1 / 3), 2);
  });

  test('no policy earns on noise, and trading costs', () => {
    expect(Math.abs(meanReward(pureNoise(64, { costBp: 0 }), 1024, ([last]) => Math.sign(last!)))).toBeLessThan(0.015);
    expect(meanReward(pureNoise(64), 1024, ([last]) => Math.sign(last!))).toBeLessThan(-0.08);
  });
});

describe('delayedSignal', () => {
  test('holding the signal of n steps before earns the whole edge, holding the present signal nothing', () => {
    const options = { delay: 7, length: 3, episodeSteps: 2000 };
    const earned = (delay: number) => {
      const env = delayedSignal(16, options);
      const shown: Float32Array[] = [];
      env.reset(createRng('delayed'));
      let total = 0;
      for (let step = 0; step < 1900; step++) {
        shown.push(Float32Array.from({ length: 16 }, (_, copy) => env.observations[copy]!));
        env.step(shown[step - delay] ?? new Float32Array(16));
        total += env.rewards.reduce((a, b) => a + b, 0) / 16 / 1900;
      }
      return total;
    };
    expect(delayedSignalEdge(options)).toBeCloseTo(0.3, 12);
    expect(Math.abs(earned(7) - 0.3)).toBeLessThan(0.01);
    for (const delay of [0, 3, 10]) expect(Math.abs(earned(delay))).toBeLessThan(0.01);
  });
});
