/** Measures the processor time of asks, decisions and importances: `npm run bench:ask [-- --json] [-- --peers]`. */
import { parseArgs } from 'node:util';
import type { Json } from '../../src/core/json.ts';
import { createRng } from '../../src/core/rng.ts';
import type { AlgorithmRef } from '../../src/search/algorithm.ts';
import { importance } from '../../src/search/importance/importance.ts';
import {
  forecast,
  hyperband,
  median,
  patient,
  percentile,
  prunerOf,
  successiveHalving,
  threshold,
  wilcoxon,
} from '../../src/search/pruners/index.ts';
import type { PeerCurve } from '../../src/search/pruners/pruner.ts';
import { gp, samplerOf, tpe } from '../../src/search/samplers/index.ts';
import { suggestUniform } from '../../src/search/samplers/random/random.ts';
import { choice, float, int } from '../../src/search/space/builders.ts';
import { type CompiledSpace, compileSpace } from '../../src/search/space/compile.ts';
import type { FlatParams, SpaceShape } from '../../src/search/space/param.ts';
import { type AskTellInMemory, createAskTell } from '../../src/search/study/ask-tell.ts';
import type { Curve } from '../../src/search/trial/history.ts';
import { costOf } from './measure.ts';
import { runPeer } from './peers/python.ts';
import { type BenchRow, printRows } from './row.ts';

interface Task {
  readonly space: CompiledSpace;
  readonly params: readonly FlatParams[];
  readonly values: readonly number[];
}

interface PeerCosts {
  readonly tpeSmall: number;
  readonly tpeLarge: number;
  readonly gp: number;
  readonly importance: number;
  readonly decision: number;
}

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false } } });
const peerName = 'Optuna 5.0';
const peerCount = 1000;
const steps = 100;

/** Of five parameters two are plain numbers, one is logarithmic, one whole, and one a choice. */
function task(trials: number, dimensions: number): Task {
  const kinds = [float(-1, 1), float(0, 10), float(1e-5, 1, { log: true }), int(1, 64), choice(['a', 'b', 'c'])];
  const shape: SpaceShape = Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`p${i}`, kinds[i % kinds.length]!]));
  const space = compileSpace(shape);
  const rng = createRng('bench');
  const params = Array.from({ length: trials }, () => suggestUniform(space, rng));
  return { space, params, values: params.map((each) => loss(each, rng.normal())) };
}

function loss(params: FlatParams, noise: number): number {
  return Object.values(params).reduce<number>(
    (sum, value, i) => sum + (typeof value === 'number' ? (value - 0.3) ** 2 / (i + 1) : 0),
    0.1 * noise,
  );
}

function searchOf({ space, params, values }: Task, sampler: AlgorithmRef): AskTellInMemory {
  const search = createAskTell({ space, directions: ['minimize'], sampler: samplerOf(sampler), pruner: prunerOf(median()), seed: 1 });
  for (const [i, each] of params.entries()) search.add(each, { values: [values[i]!] });
  return search;
}

/** Returns milliseconds of processor time per ask and tell, at a history that grows by the measured trials only. */
async function askMs(of: Task, sampler: AlgorithmRef, calls: number, blocks: number): Promise<number> {
  const search = searchOf(of, sampler);
  const { cpuMs } = await costOf(
    async () => {
      const { number, params } = search.ask();
      search.tell(number, { state: 'complete', values: [loss(params, 0)] });
    },
    calls,
    blocks,
  );
  return cpuMs;
}

/** Returns the time of the first ask of a process, which reads the whole history at once. */
async function firstAskMs(of: Task, sampler: AlgorithmRef): Promise<number> {
  const searches = Array.from({ length: 6 }, () => searchOf(of, sampler));
  const { cpuMs } = await costOf(async () => searches.pop()!.ask(), 1, searches.length - 1);
  return cpuMs;
}

async function importanceMs({ space, params, values }: Task): Promise<number> {
  const observations = params.map((each, number) => ({ state: 'complete', number, params: each, value: values[number]! }) as const);
  const { cpuMs } = await costOf(async () => importance(space, { direction: 'minimize', observations }), 3);
  return cpuMs;
}

/**
 * Returns the microseconds of a decision about an average trial among complete ones, with notes from their own decisions: half way
 * through, or at the last rung reached.
 */
async function decisionUs(pruner: AlgorithmRef): Promise<number> {
  const { decide } = prunerOf(pruner);
  const every = Array.from({ length: steps }, (_, step) => step);
  const peers: PeerCurve[] = [];
  for (let number = 0; number < peerCount; number++) {
    const level = ((number * 7919) % peerCount) / peerCount;
    const values = every.map((step) => level + 1 / (1 + step));
    const first = peers.slice(0, 1);
    let note: Json = null;
    for (const step of every) {
      const sofar: Curve = { number, steps: every.slice(0, step + 1), values: values.slice(0, step + 1), note };
      note = decide(sofar, first, 'minimize').note ?? note;
    }
    // Written out instead of spread, so that all objects have one shape, as in studies.
    peers.push({ number, state: 'complete', steps: [...every], values, value: level, note });
  }
  const curveUntil = (step: number, level: number, note: Json): Curve => {
    const sofar = every.slice(0, step + 1);
    return { number: peerCount, steps: sofar, values: sofar.map((each) => level + 1 / (1 + each)), note };
  };
  let self = curveUntil(steps / 2 - 1, 0.4, null);
  let note: Json = null;
  for (const step of every) {
    const climbing = curveUntil(step, 0, note);
    const after = decide(climbing, peers, 'minimize').note ?? null;
    if (step > 0 && JSON.stringify(after) !== JSON.stringify(note)) self = climbing;
    note = after;
  }
  const { cpuMs } = await costOf(async () => decide(self, peers, 'minimize'), 300);
  return 1000 * cpuMs;
}

function row(name: string, unit: string, ours: number, most: number | null, peer: number | null): BenchRow {
  const goal = most === null ? null : `< ${most} ${unit}`;
  return {
    name,
    unit,
    ours,
    peer,
    peerName: peer === null ? null : peerName,
    ratio: peer === null ? null : peer / ours,
    goal,
    met: most === null ? null : ours < most,
  };
}

const small = task(1000, 20);
const large = task(10_000, 20);
const few = task(200, 10);
const peerWork = { tasks: [small, large, few].map(({ space, ...rest }) => ({ space: space.json, ...rest })), peers: peerCount, steps };
const peer = flags.peers ? runPeer<PeerCosts>('ask.py', [], JSON.stringify(peerWork)) : null;

printRows(
  [
    row('TPE ask and tell, 1,000 trials x 20 parameters', 'ms', await askMs(small, tpe(), 20, 9), 1, peer?.tpeSmall ?? null),
    row('the first ask at such a history', 'ms', await firstAskMs(small, tpe()), null, null),
    row('TPE ask and tell, 10,000 x 20', 'ms', await askMs(large, tpe(), 10, 7), 5, peer?.tpeLarge ?? null),
    row('the first ask at such a history', 'ms', await firstAskMs(large, tpe()), null, null),
    row('GP ask and tell, 200 x 10', 'ms', await askMs(few, gp(), 3, 5), 60, peer?.gp ?? null),
    row('importance with intervals (PED-ANOVA), 1,000 x 20', 'ms', await importanceMs(small), 50, peer?.importance ?? null),
    row('decision among 1,000 trials: median', 'us', await decisionUs(median()), 50, peer === null ? null : 1000 * peer.decision),
    row('forecast, at a checkpoint', 'us', await decisionUs(forecast()), 50, null),
    row('percentile', 'us', await decisionUs(percentile()), 50, null),
    row('successive halving', 'us', await decisionUs(successiveHalving()), 50, null),
    row('hyperband', 'us', await decisionUs(hyperband()), 50, null),
    row('wilcoxon', 'us', await decisionUs(wilcoxon()), 50, null),
    row('threshold', 'us', await decisionUs(threshold({ lower: 0 })), 50, null),
    row('patient, median', 'us', await decisionUs(patient({ patience: 0, wrapped: median() })), 50, null),
  ],
  flags.json,
);
