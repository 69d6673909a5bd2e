import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import type { VectorEnv } from '../../env/env.ts';
import { memory } from '../../env/reference/memory.ts';
import { train } from '../../training/loop.ts';
import type { Agent } from '../agent.ts';
import type { RecurrentPpoOptions } from './options.ts';
import { createRecurrentPpo } from './recurrent-ppo.ts';

async function scoreOf(agent: Agent, env: VectorEnv, episodes: number): Promise<number> {
  const starts = new Uint8Array(env.count).fill(1);
  env.reset(createRng('score'));
  let [done, total] = [0, 0];
  while (done < episodes) {
    env.step(await agent.act(env.observations, 'exploit', starts));
    for (let copy = 0; copy < env.count; copy++) {
      total += env.rewards[copy]!;
      starts[copy] = env.terminated[copy]! | env.truncated[copy]!;
      done += starts[copy]!;
    }
  }
  return total / done;
}

test('learns to repeat the observation of four steps before; without memory it cannot', async () => {
  const learnt = async (kind: RecurrentPpoOptions['memory']) => {
    const options: Partial<RecurrentPpoOptions> = {
      memory: kind,
      memoryWidth: 16,
      hidden: [],
      rolloutSteps: 48,
      sequenceSteps: 12,
      batchSequences: 8,
      epochs: 4,
      learningRate: 5e-3,
      normalise: false,
    };
    const agent = await createRecurrentPpo({ observationSize: 1, actionSize: 1, choices: [2], environments: 16, seed: 3, options });
    try {
      await train({ env: memory(16), agent, rng: createRng('memory'), until: { environmentSteps: 16 * 48 * 25 } });
      return await scoreOf(agent, memory(16), 200);
    } finally {
      await agent.dispose();
    }
  };
  expect(await learnt('lstm')).toBeGreaterThan(0.95);
  expect(Math.abs((await learnt('none')) - 0.5)).toBeLessThan(0.15);
});
