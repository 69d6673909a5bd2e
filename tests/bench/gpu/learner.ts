/**
 * One process of `bench:gpu`: takes gradient steps of one agent and prints how fast. It says `ready` after the first ones and begins to measure
 * when its standard input ends, so that processes that share a GPU measure at the same time.
 */
import { createInterface } from 'node:readline';
import { chooseExecutor } from '../../../src/tensor/executors/choose.ts';
import { loadTensorflow } from '../../../src/tensor/executors/tensorflow/runtime.ts';
import { createSac } from '../../../src/trading/agents/sac/sac.ts';
import { large, noise } from '../train/shared.ts';
import { type GpuCase, gpuNetworks } from './cases.ts';

export interface Order extends Pick<GpuCase, 'network' | 'batch'> {
  readonly executor: 'tensorflow' | 'onnx';
  readonly seconds: number;
}

export interface Pace {
  readonly stepsPerSecond: number;
  readonly cpuMsPerStep: number;
  /** Milliseconds from the agent's making to its first gradient steps. */
  readonly readyMs: number;
  readonly onGpu: boolean;
}

const { network, batch, executor: id, seconds } = JSON.parse(process.argv[2]!) as Order;
const environments = 64;
const perCall = 8;
const made = performance.now();
const { observationSize, actionSize } = large;
/** Observations before the first gradient steps, which would else be due for each of them. */
const fills = Math.ceil((batch + 1024) / environments);
const options = {
  ...gpuNetworks[network],
  batchSize: batch,
  capacity: 2 * batch + 1024,
  warmupSteps: fills * environments,
  updatesPerStep: perCall,
};
const agent = await createSac({ observationSize, actionSize, environments, seed: 1, options, executor: chooseExecutor(id) });
for (let i = 0; i <= fills; i++) agent.observe(noise(`fill/${i}`, large, environments));
await agent.update();
const readyMs = performance.now() - made;
console.log('ready');
for await (const _ of createInterface({ input: process.stdin }));

const transitions = noise('more', large, environments);
const start = performance.now();
const cpu = process.cpuUsage();
let steps = 0;
do {
  agent.observe(transitions);
  await agent.update();
  steps += perCall;
} while (performance.now() - start < seconds * 1000);
const { user, system } = process.cpuUsage(cpu);
const pace: Pace = {
  stepsPerSecond: (steps * 1000) / (performance.now() - start),
  cpuMsPerStep: (user + system) / 1000 / steps,
  readyMs,
  onGpu: id === 'tensorflow' && loadTensorflow().onGpu,
};
console.log(JSON.stringify(pace));
await agent.dispose();
