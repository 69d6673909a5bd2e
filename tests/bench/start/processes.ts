import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToWorker, WorkerSetup } from '../../../src/runner/worker/messages.ts';

/** Processor time of one process from its start to its end, in seconds; its output is dropped. @throws Error when it fails */
export function costOfNode(parameters: readonly string[]): number {
  const timed = ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', 'bash', process.execPath, ...parameters];
  const { status, stderr } = spawnSync('bash', timed, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  if (status !== 0 || !Number.isFinite(user! + system!)) throw new Error(`${parameters.join(' ')} ended with ${status}: ${stderr}`);
  return user! + system!;
}

/**
 * Processor time of a worker process, in seconds, that connects, finds nothing left to do and ends: at least all that it does until it could
 * claim a trial.
 */
export async function costOfWorker(entry: string, setup: WorkerSetup, folder: string): Promise<number> {
  const costFile = join(folder, 'worker-cost');
  const child = fork(entry, [], {
    env: { ...process.env, ASSAY_BENCH_COST: costFile },
    execArgv: ['--require', join(import.meta.dirname, 'exit-cost.cjs')],
    serialization: 'advanced',
  });
  const message: ToWorker = { kind: 'start', setup };
  child.send(message);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the worker ended with ${code}`);
  return Number(readFileSync(costFile, 'utf8'));
}
