import { afterEach, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import type { Agent } from '../agent.ts';
import { decodeSnapshot } from '../checkpoint.ts';
import { loadPolicy, type Policy } from '../policy.ts';
import type { SacOptions } from './options.ts';
import { createSac } from './sac.ts';

const open: (Agent | Policy)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

async function sac(options: Partial<SacOptions>): Promise<Agent> {
  const usual = { hidden: [8, 8], batchSize: 16, capacity: 500, warmupSteps: 20, learningRate: 1e-3 };
  const agent = await createSac({ observationSize: 6, actionSize: 2, environments: 2, seed: 1, options: { ...usual, ...options } });
  open.push(agent);
  return agent;
}

test.each([true, false])('runs attention over two tickers, in the saved policy as well; sharedView: %s', async (sharedView) => {
  const sizes = { encoderWidth: 8, encoderLayers: 1, encoderHeads: 2, encoderInner: 8, encoderOutputs: 6 };
  const options: Partial<SacOptions> = { encoder: 'cross-ticker', sharedView, ...sizes };
  const agent = await sac(options);
  const normal = (seed: string, length: number) => {
    const rng = createRng(seed);
    return Float32Array.from({ length }, () => rng.normal());
  };
  const seen = normal('seen', 12);
  const before = (await agent.act(seen, 'exploit')).slice();
  for (let step = 0; step < 20; step++) {
    const observations = normal(`step ${step}`, 12);
    const actions = (await agent.act(observations, 'explore')).slice();
    const ends = { terminated: new Uint8Array(2), truncated: new Uint8Array(2) };
    agent.observe({
      observations,
      actions,
      rewards: normal(`reward ${step}`, 2),
      nextObservations: normal(`step ${step + 1}`, 12),
      ...ends,
    });
    await agent.update();
  }
  const after = (await agent.act(seen, 'exploit')).slice();
  expect(after).not.toEqual(before);
  const { arrays } = decodeSnapshot('sac', agent.checkpoint());
  const fresh = decodeSnapshot('sac', (await sac(options)).checkpoint()).arrays;
  // The encoder is the first of its owner's parameters.
  const owner = sharedView ? 'state:critic' : 'state:actor';
  expect(arrays[owner]![0]).not.toBe(fresh[owner]![0]);
  const policy = await loadPolicy(agent.exportPolicy());
  open.push(policy);
  const actions = await policy.act(seen);
  for (const [i, action] of actions.entries()) expect(Math.abs(action - after[i]!)).toBeLessThan(1e-6);
});
