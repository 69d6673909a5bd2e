/**
 * Training on a GPU beside the same on a processor core: `npm run bench:gpu [-- --out gpu.json] [-- --minutes 8] [-- --seconds 4] [-- --cpu]`.
 * Sets up the CUDA build of TensorFlow where it is missing, measures the cases in the order of their worth until the time ends, and writes one JSON
 * document that also says what was left out. Without a GPU it says so and measures nothing; `--cpu` runs the same on the processor, to try the script.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { on } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/core/errors.ts';
import { installedRuntimes } from '../../src/tensor/executors/tensorflow/home.ts';
import { setupTensorflow } from '../../src/tensor/executors/tensorflow/setup/setup.ts';
import { type GpuCase, gpuCases } from './gpu/cases.ts';
import type { Order, Pace } from './gpu/learner.ts';

const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: 'gpu.json' },
    minutes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '4' },
    cpu: { type: 'boolean', default: false },
  },
});
const number = (name: 'minutes' | 'seconds'): number => {
  const value = Number(flags[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`error: --${name} takes a number above 0, not ${flags[name]}`);
  process.exit(2);
};
const seconds = number('seconds');
const endsAt = performance.now() + number('minutes') * 60_000;

/** Name, memory and driver of each GPU, as the driver's own program says them; none: not visible here. */
function visibleGpus(): readonly string[] {
  try {
    const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
    return execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 })
      .trim()
      .split('\n');
  } catch {
    return [];
  }
}

/** Runs a case in processes of its own, all at once. @throws Error with the last line of a process that fails, or takes too long */
async function paceOf({ network, batch, processes }: GpuCase, executor: Order['executor']): Promise<readonly Pace[]> {
  const order: Order = { network, batch, executor, seconds };
  const env = { ...process.env, TF_FORCE_GPU_ALLOW_GROWTH: 'true', CUDA_VISIBLE_DEVICES: flags.cpu || executor === 'onnx' ? '' : '0' };
  const parameters = ['--import', './tests/tools/typescript.mjs', join(import.meta.dirname, 'gpu/learner.ts'), JSON.stringify(order)];
  const limit = AbortSignal.timeout(Math.ceil(Math.max(1, Math.min(endsAt - performance.now(), 60_000 + 10_000 * seconds))));
  const children = Array.from({ length: processes }, () => spawn(process.execPath, parameters, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
  try {
    const lines = children.map((child) => linesOf(child, limit));
    for (const next of lines) await next();
    for (const child of children) child.stdin!.end();
    const paces: Pace[] = [];
    for (const next of lines) paces.push(JSON.parse(await next()) as Pace);
    return paces;
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Reads a process line by line. */
function linesOf(child: ChildProcess, signal: AbortSignal): () => Promise<string> {
  let complaint = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    complaint = `${complaint}${bytes.toString()}`.slice(-2000);
  });
  const reader = createInterface({ input: child.stdout! });
  const lines = on(reader, 'line', { close: ['close'], signal })[Symbol.asyncIterator]() as AsyncIterator<readonly string[]>;
  return async () => {
    const next = await lines.next();
    if (next.done !== true) return next.value[0]!;
    throw new Error(complaint.trim().split('\n').at(-1) || 'the process ended without a figure');
  };
}

const sum = (paces: readonly Pace[], of: (pace: Pace) => number): number => paces.reduce((total, pace) => total + of(pace), 0);

/** Paces of one core, by network and batch. */
const ofCore = new Map<string, number>();

async function coreStepsPerSecond(wanted: GpuCase): Promise<number> {
  const key = `${wanted.network}, ${wanted.batch}`;
  const known = ofCore.get(key) ?? sum(await paceOf({ ...wanted, processes: 1 }, 'onnx'), ({ stepsPerSecond }) => stepsPerSecond);
  ofCore.set(key, known);
  return known;
}

/** A case on the GPU, beside one core of the processor. */
async function measured(wanted: GpuCase) {
  const gpu = await paceOf(wanted, 'tensorflow');
  if (!flags.cpu && !gpu.every(({ onGpu }) => onGpu)) throw new Error('TensorFlow sees no GPU; `assay doctor` says why');
  const ours = sum(gpu, ({ stepsPerSecond }) => stepsPerSecond);
  const one = await coreStepsPerSecond(wanted);
  return {
    ...wanted,
    stepsPerSecond: ours,
    cpuMsPerStep: sum(gpu, ({ cpuMsPerStep }) => cpuMsPerStep) / gpu.length,
    readyMs: Math.max(...gpu.map(({ readyMs }) => readyMs)),
    oneCoreStepsPerSecond: one,
    ratio: ours / one,
  };
}

const gpus = visibleGpus();
if (gpus.length === 0 && !flags.cpu) {
  console.log('no GPU is visible here (nvidia-smi names none): nothing was measured');
} else {
  const build = flags.cpu ? 'cpu' : 'gpu';
  if (!installedRuntimes().some(({ facts }) => facts.build === build)) await setupTensorflow({ build, force: false, say: console.error });
  const runtime = installedRuntimes().find(({ facts }) => facts.build === build);
  const rows: Awaited<ReturnType<typeof measured>>[] = [];
  const failed: (GpuCase & { readonly because: string })[] = [];
  const leftOut: GpuCase[] = [];
  const write = (): void => {
    const machine = { gpus, processor: cpus()[0]?.model ?? '?', cores: cpus().length, node: process.version };
    writeFileSync(flags.out, `${JSON.stringify({ machine, tensorflow: runtime?.facts, seconds, rows, failed, leftOut }, null, 2)}\n`);
  };
  for (const wanted of gpuCases) {
    if (performance.now() > endsAt - (2 * seconds + 10) * 1000) {
      leftOut.push(wanted);
      continue;
    }
    const name = `${wanted.network}, batch ${wanted.batch}, ${wanted.processes} ${wanted.processes === 1 ? 'process' : 'processes'}`;
    try {
      const row = await measured(wanted);
      rows.push(row);
      console.log(`${name.padEnd(50)} ${row.stepsPerSecond.toFixed(1)} steps/s  ${row.ratio.toFixed(2)} x one core on onnx`);
    } catch (error) {
      if (performance.now() >= endsAt) {
        leftOut.push(wanted);
        continue;
      }
      failed.push({ ...wanted, because: messageOf(error) });
      console.log(`${name.padEnd(50)} failed: ${messageOf(error)}`);
    }
    // What was measured survives whatever ends this process.
    write();
  }
  write();
  console.log(`${rows.length} cases measured, ${failed.length} failed, ${leftOut.length} left out for time: ${flags.out}`);
  if (failed.length > 0 || rows.length === 0) process.exitCode = 1;
}
