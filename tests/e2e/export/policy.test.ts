import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../src/core/rng.ts';
import { readMetadata } from '../../../src/tensor/executors/onnx/serialise.ts';
import type { Agent } from '../../../src/trading/agents/agent.ts';
import { type AgentConfig, createAgent } from '../../../src/trading/agents/create.ts';
import { cartPole } from '../../../src/trading/env/reference/cart-pole.ts';
import { predictablePrice } from '../../../src/trading/env/reference/price.ts';
import { train } from '../../../src/trading/training/loop.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const python = process.env['ASSAY_PYTHON'] ?? 'python3';
const pythonThere = spawnSync(python, ['-c', 'import onnxruntime, numpy']).status === 0;
/** Other programs that run the file: one in another language where there is one, and one that knows nothing of this project. */
const runners: readonly (readonly [string, readonly string[]])[] = [
  [process.execPath, [script('act.mjs')]],
  ...(pythonThere ? [[python, [script('act.py')]] as const] : []),
];

const normalisation = { mean: [0.5, -1], scale: [2, 0.25], limit: [0.6, 5] };
const small = { memoryWidth: 8, memoryLayers: 1, hidden: [8] };
const sac = { ...small, batchSize: 16, capacity: 500, warmupSteps: 40, window: 6 };
const ppo = { ...small, id: 'recurrent-ppo', rolloutSteps: 16, sequenceSteps: 8, batchSequences: 4, epochs: 1 } as const;
const policies: readonly (readonly [string, AgentConfig, 'price' | 'cart'])[] = [
  ['SAC without memory', { ...sac, memory: 'none' }, 'price'],
  ['SAC with Mamba-2 of its own', { ...sac, memory: 'mamba-2', sharedView: false }, 'price'],
  ['SAC with Mamba-1, one view for all', { ...sac, memory: 'mamba-1' }, 'price'],
  ['SAC with attention', { ...sac, memory: 'attention' }, 'price'],
  ['SAC with an LSTM that remembers the episode', { ...sac, memory: 'lstm', recall: 'episode' }, 'price'],
  ['recurrent PPO, an LSTM, continuous', ppo, 'price'],
  ['recurrent PPO, Mamba-1, choices', { ...ppo, memory: 'mamba-1' }, 'cart'],
  ['recurrent PPO, Mamba-2, continuous', { ...ppo, memory: 'mamba-2' }, 'price'],
  ['recurrent PPO, attention, choices', { ...ppo, memory: 'attention', window: 6 }, 'cart'],
];

async function trained(config: AgentConfig, task: 'price' | 'cart'): Promise<Agent> {
  const env = task === 'price' ? predictablePrice(4, { episodeSteps: 20 }) : cartPole(4, { velocity: false });
  const agent = await createAgent(config, { env, seed: 4 });
  await train({ env, agent, rng: createRng('train'), until: { environmentSteps: 4 * 33 } });
  return agent;
}

/** Episodes of 5 and 3 rows, as features before any normalisation. */
const rng = createRng('observations');
const episodes = [5, 3].map((steps) => Array.from({ length: steps }, () => [0, 1].map(() => Math.fround(rng.normal()))));

/** What the agent itself does: it acts for four copies, all of which see the same. */
async function expectedActions(agent: Agent): Promise<readonly (readonly number[])[]> {
  const actions: (readonly number[])[] = [];
  for (const episode of episodes)
    for (const [step, row] of episode.entries()) {
      const scores = row.map((x, i) => (x - normalisation.mean[i]!) / normalisation.scale[i]!);
      const seen = scores.map((score, i) => Math.max(-normalisation.limit[i]!, Math.min(normalisation.limit[i]!, score)));
      const observations = Float32Array.from([seen, seen, seen, seen].flat());
      const acted = await agent.act(observations, 'exploit', new Uint8Array(4).fill(Number(step === 0)));
      actions.push([...acted.subarray(0, acted.length / 4)]);
    }
  return actions;
}

describe.each(policies)('the file of %s', (_name, config, task) => {
  test('gives other programs the same actions to 1e-6', async () => {
    const agent = await trained(config, task);
    const [file, shown] = [join(folder, 'policy.onnx'), join(folder, 'observations.json')];
    writeFileSync(file, agent.exportPolicy({ normalisation, metadata: { study: 'a', trial: '7' } }));
    writeFileSync(shown, JSON.stringify(episodes));
    const expected = await expectedActions(agent);
    expect(new Set(expected.flat()).size).toBeGreaterThan(1);
    for (const [program, args] of runners) {
      const actions = JSON.parse(execFileSync(program, [...args, file, shown], { encoding: 'utf8' })) as readonly (readonly number[])[];
      expect(actions.length).toBe(expected.length);
      for (const [i, action] of actions.entries())
        for (const [k, value] of action.entries()) expect(Math.abs(value - expected[i]![k]!), `${program}, row ${i}`).toBeLessThan(1e-6);
    }
    await agent.dispose();
  });
});

test('names the weights after their layers, and keeps what it was told', async () => {
  const agent = await trained({ ...sac, memory: 'mamba-2', sharedView: false }, 'price');
  const bytes = agent.exportPolicy({ metadata: { study: 'a', trial: '7' } });
  const text = Buffer.from(bytes).toString('latin1');
  for (const name of ['actor/ssm/embedding/kernel', 'actor/ssm/0/in_proj/kernel', 'actor/ssm/0/conv/kernel', 'actor/0/kernel'])
    expect(text).toContain(name);
  expect(text).not.toContain('state:actor');
  expect(readMetadata(bytes)).toEqual({ study: 'a', trial: '7', memory: 'session' });
  await agent.dispose();
});
