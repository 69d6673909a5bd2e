import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRng } from '../../../src/core/rng.ts';
import { type SupervisedRun, startRun } from '../../fixtures/supervised-run.ts';
import { type BenchRow, goalRow } from '../row.ts';

/** Trials that wait until they are told to end. */
const file = fileURLToPath(new URL('../../fixtures/studies/patient.ts', import.meta.url));
/** The default of `assay run`. */
const leaseMs = 15_000;
const rng = createRng('recovery');
const started: SupervisedRun[] = [];

/**
 * From SIGKILL of a worker's process group, in the middle of its trial, to its trial running again: with the default lease, through real
 * supervisors, workers and threads. Both cases at once, `repetitions` times.
 */
export async function recovery(dataDir: string, repetitions: number): Promise<readonly BenchRow[]> {
  const cases = {
    'taken-over': { what: 'another worker waits', measure: takenOver },
    'gone-on': { what: 'its supervisor alone, which starts another', measure: goneOn },
  };
  const rows: BenchRow[] = [];
  const measured = await Promise.all(
    Object.entries(cases).map(async ([name, { what, measure }]) => {
      const seconds: number[] = [];
      for (let i = 0; i < repetitions; i++) seconds.push((await measure(dataDir, `${name}-${i}`)) / 1000);
      return { what, seconds: seconds.sort((a, b) => a - b) };
    }),
  ).finally(() => {
    for (const run of started) run.signal('SIGKILL');
  });
  for (const { what, seconds } of measured) {
    rows.push(goalRow(`killed worker's trial runs again, ${what}: median of ${repetitions}`, 's', seconds[seconds.length >> 1]!, {}));
    rows.push(goalRow('  the longest', 's', seconds.at(-1)!, { most: leaseMs / 1000 + 1 }));
  }
  return rows;
}

/** Two supervisors with a worker each on a study of one trial: whoever does not have it waits. */
async function takenOver(dataDir: string, name: string): Promise<number> {
  const first = start(dataDir, name);
  await begun(first);
  const second = start(dataDir, name);
  await second.event('worker-started');
  // Until it is up and waits, and to hit the lease at any of its ages.
  await sleep(3000 + rng.int(5000));
  first.signal('SIGKILL');
  const killedAt = killWorker(first);
  await begun(second);
  return end([first, second], performance.now() - killedAt);
}

async function goneOn(dataDir: string, name: string): Promise<number> {
  const run = start(dataDir, name);
  await begun(run);
  await sleep(rng.int(5000));
  const killedAt = killWorker(run);
  await begun(run, 2);
  return end([run], performance.now() - killedAt);
}

function start(dataDir: string, name: string): SupervisedRun {
  const run = startRun({ file, name, trials: 1, workers: 1, dataDir, leaseMs });
  started.push(run);
  return run;
}

/** When the nth attempt of this run has begun. */
async function begun(run: SupervisedRun, nth = 1): Promise<void> {
  if ((await run.event('trial-started', nth)) === null) throw new Error(`a run has ended: ${JSON.stringify(await run.end)}`);
}

/** The whole group, threads and children of its own included. Returns when. */
function killWorker(run: SupervisedRun): number {
  const worker = run.events.findLast((event) => event.kind === 'worker-started')!;
  const killedAt = performance.now();
  process.kill(-worker.pid!, 'SIGKILL');
  return killedAt;
}

async function end(runs: readonly SupervisedRun[], result: number): Promise<number> {
  for (const run of runs) run.signal('SIGKILL');
  await Promise.all(runs.map((run) => run.end));
  await Promise.all(runs.map((run) => run.gone()));
  return result;
}
