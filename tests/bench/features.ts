/**
 * Measures features and regimes: `npm run bench:features [-- --peers] [-- --json] [-- --bars 1000000]`. With --peers beside pandas, polars and
 * hmmlearn, each on one thread, on the same bars in the same run; their values are compared with ours.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { baumWelch } from '../../src/features/hmm/baum-welch.ts';
import { HmmFilter } from '../../src/features/hmm/filter.ts';
import { toModel } from '../../src/features/hmm/model.ts';
import { rankStart } from '../../src/features/hmm/starts.ts';
import { computeFeatures, fitFeatures } from '../../src/features/matrix.ts';
import { createMemory } from '../../src/features/memory.ts';
import { phoenixBase } from '../../src/features/phoenix/base.ts';
import { phoenixOfi } from '../../src/features/phoenix/ofi.ts';
import { featureBars, hmmRows, sessionBars } from './features/data.ts';
import { leastCosts } from './measure.ts';
import { runPeer } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    bars: { type: 'string', default: '1000000' },
  },
});

type Part = 'base' | 'ofi';
type Peer = 'pandas' | 'polars';

/** What the Python script prints: least milliseconds of processor time, and sums of the absolute values of each column. */
interface Peers {
  readonly ms: Readonly<Record<`${Peer} ${Part}` | 'scaling' | 'log' | 'forward', number>>;
  readonly sums: Readonly<Record<`${Peer} ${Part}`, readonly number[]>>;
  readonly logLikelihood: number;
}

const iterations = 10;
const [hmmCount, states] = [100_000, 3];
const training = { from: 0, to: 10_000 };

const bars = featureBars(Number(flags.bars));
const base = phoenixBase();
const ofi = phoenixOfi({ time: false });
const fits = { base: fitFeatures(base, bars, training), ofi: fitFeatures(ofi, bars, training) };
const x = hmmRows(hmmCount);
const start = rankStart(x, 'diag', states, 2);
const fitModel = () => baumWelch(start, x, { iterations, tolerance: Number.NEGATIVE_INFINITY, floor: 0, leastWeight: 0 });
const fitted = fitModel();
if ('failed' in fitted) throw new Error(fitted.failed);

const filter = () => {
  const one = new HmmFilter(createMemory(), fitted.parameters);
  for (let t = 0; t < hmmCount; t++) one.next(x, 2 * t);
};
const features = { base: () => computeFeatures(base, bars, fits.base), ofi: () => computeFeatures(ofi, bars, fits.ofi) };

const peers = flags.peers ? measurePeers() : null;
const [baseMs, ofiMs, fitMs, filterMs] = (await leastCosts(
  async () => features.base(),
  async () => features.ofi(),
  async () => fitModel(),
  async () => filter(),
)) as [number, number, number, number];

const count = `${bars.time.length.toLocaleString('en')} bars`;
const row = (name: string, ms: number, peerName: string, peerMs: number | undefined, least: number | null): BenchRow => {
  const measured = withPeer(goalRow(name, 'ms', ms, {}), peerName, peerMs, 'less');
  if (measured.ratio === null || least === null) return measured;
  return { ...measured, goal: `>= ${least} x ${peerName}`, met: measured.ratio >= least };
};
const setRows = (set: string, part: Part, ms: number): readonly BenchRow[] => [
  row(`${set} of ${count}, regimes included`, ms, 'pandas', peers?.ms[`pandas ${part}`], 3),
  row(`${set} of ${count}, regimes included`, ms, 'polars', peers?.ms[`polars ${part}`], 1),
];
printRows(
  [
    ...setRows('phoenix-base@1', 'base', baseMs),
    ...setRows('phoenix-ofi@1', 'ofi', ofiMs),
    row('ten EM iterations, 100,000 x 2, K = 3', fitMs, "hmmlearn's scaling", peers?.ms.scaling, 2),
    row('ten EM iterations, 100,000 x 2, K = 3', fitMs, "hmmlearn's log", peers?.ms.log, null),
    row('filter, 100,000 x 2, K = 3', filterMs, "hmmlearn's forward pass", peers?.ms.forward, null),
  ],
  flags.json,
);

function measurePeers(): Peers {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-features-'));
  try {
    const { open, high, low, close, volume } = bars.bars[0]!;
    const named = bars.columns[0]!;
    const minute = bars.time.map((_, row) => row % sessionBars);
    const columns = { open, high, low, close, volume, session: bars.session, minute, ...named };
    for (const [name, values] of Object.entries({ ...columns, hmm: x }))
      writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const models = [(fits.base as readonly object[])[0], toModel(start)];
    const found = runPeer<Peers>('features.py', [folder, JSON.stringify(Object.keys(columns)), String(iterations)], JSON.stringify(models));
    compare(found);
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error if a peer computes something else. */
function compare({ sums, logLikelihood }: Peers): void {
  for (const part of ['base', 'ofi'] as const) {
    const { values, width } = features[part]();
    for (const peer of ['pandas', 'polars'] as const)
      for (const [column, theirs] of sums[`${peer} ${part}`].entries()) {
        let sum = 0;
        for (let i = column; i < values.length; i += width) sum += Math.abs(values[i]!);
        if (!(Math.abs(theirs - sum) <= 1e-4 * Math.max(1, sum)))
          throw new Error(`${peer}, ${part}, column ${column}: ${theirs}, not ${sum}`);
      }
  }
  const own = (fitted as { readonly logLikelihoods: readonly number[] }).logLikelihoods.at(-1)!;
  if (!(Math.abs(logLikelihood - own) <= 1e-6 * Math.abs(own))) throw new Error(`hmmlearn: log likelihood ${logLikelihood}, not ${own}`);
}
