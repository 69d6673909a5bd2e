/**
 * How fast agents learn and act on one core: `npm run bench:train [-- --json] [-- --peers] [-- --only sac,memory,acting,recurrent,environment,seeds]`.
 * Exits with 1 if a goal is missed.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/core/errors.ts';
import { chooseExecutor } from '../../src/tensor/executors/choose.ts';
import type { Executor } from '../../src/tensor/executors/executor.ts';
import { installedRuntime } from '../../src/tensor/executors/tensorflow/runtime.ts';
import { costOnce } from './measure.ts';
import type { BenchRow } from './row.ts';
import { printRows } from './row.ts';
import { environmentRows } from './train/environment.ts';
import { actingRows, mambaRows, memoryPeer, memoryRows } from './train/memory.ts';
import { recurrentPeer, recurrentRows } from './train/recurrent-ppo.ts';
import { sacPeer, sacRows } from './train/sac.ts';
import { seedsRows } from './train/seeds.ts';
import { row } from './train/shared.ts';

const no = { type: 'boolean', default: false } as const;
const { values: flags } = parseArgs({
  options: { json: no, peers: no, only: { type: 'string', default: 'sac,memory,acting,recurrent,environment' } },
});
const onnx = chooseExecutor('onnx');

let tensorflowLoaded = false;

/** Returns rows of the tensorflow executor, loaded beforehand; prints why and returns none if it is not set up. */
async function onTensorflow(rowsOn: (executor: Executor) => Promise<readonly BenchRow[]>): Promise<readonly BenchRow[]> {
  try {
    installedRuntime();
  } catch (error) {
    console.error(`no rows for tensorflow: ${messageOf(error)}`);
    return [];
  }
  const executor = chooseExecutor('tensorflow');
  const { result, cpuMs } = await costOnce(() => executor.library());
  const loading = row(`tensorflow: loading ${result}, once a process`, 'ms of processor time', cpuMs);
  const before = tensorflowLoaded ? [] : [loading];
  tensorflowLoaded = true;
  return [...before, ...(await rowsOn(executor))];
}

const parts: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  sac: async () => {
    const peers = flags.peers ? sacPeer() : null;
    return [...(await sacRows(onnx, 1.5, peers)), ...(await onTensorflow((executor) => sacRows(executor, 2, peers)))];
  },
  memory: async () => {
    const peers = flags.peers ? memoryPeer() : null;
    return [...(await memoryRows(onnx, peers)), ...(await onTensorflow((executor) => mambaRows(executor, peers)))];
  },
  acting: () => actingRows(onnx),
  recurrent: () => recurrentRows(onnx, flags.peers ? recurrentPeer() : null),
  environment: environmentRows,
  seeds: async () => [...(await seedsRows(onnx)), ...(await onTensorflow(seedsRows))],
};

const rows: BenchRow[] = [];
for (const name of flags.only.split(',')) {
  const part = parts[name];
  if (part === undefined) throw new Error(`--only takes ${Object.keys(parts).join(', ')}, not ${name}`);
  rows.push(...(await part()));
}
printRows(rows, flags.json);
