import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodies } from '../../../tests/fixtures/live/bodies.ts';
import { type BothForms, rememberingPolicy, savedPolicy } from '../../../tests/fixtures/live/policies.ts';
import { expectSameWalk, type Walked, walkBoth } from '../../../tests/fixtures/live/same-walk.ts';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { barFlow } from '../../features/bar-flow/index.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { importCsv } from '../../market/store/import-csv.ts';
import { barsFromTable, loadDataset } from '../../market/store/read.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import type { AgentConfig } from '../../trading/agents/create.ts';
import type { MemoryReach } from '../../trading/agents/live-memory.ts';
import { environmentDefaults, environmentOptions } from '../../trading/env/options.ts';

/** The bars without some rows. */
function without(bars: AlignedBars, isLeftOut: (row: number) => boolean): AlignedBars {
  const rows = Array.from(bars.time, (_, row) => row).filter((row) => !isLeftOut(row));
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  return {
    ...bars,
    time: pick(bars.time),
    session: pick(bars.session),
    bars: bars.bars.map(({ open, high, low, close, volume }) => ({
      open: pick(open),
      high: pick(high),
      low: pick(low),
      close: pick(close),
      volume: pick(volume),
    })),
    contracts: bars.contracts.map((labels) => labels && { ...labels, index: pick(labels.index), previousOpen: pick(labels.previousOpen) }),
  };
}

const perSession = 20;
const noise = noiseBars({ sessions: 8, barsPerSession: perSession, seed: 4, volatility: 0.003 });
/** Half days by omission: the last bars of some sessions, a first one, and one in the middle never came. */
const ragged = without(noise, (row) => {
  const [session, bar] = [Math.floor(row / perSession), row % perSession];
  return (session % 3 === 1 && bar >= 17) || (session === 5 && bar === 0) || (session === 2 && bar === 9);
});
const range = { from: 1, to: 7 };
const policyOf = (reach: MemoryReach, assets = 2) => rememberingPolicy(2 * assets, assets, reach);

async function same(walked: Walked): Promise<void> {
  expectSameWalk(await walkBoth(walked), walked);
}

describe('a walk and the engine have the same bits', () => {
  test.each(['none', 'session', 'account'] as const)(
    'with a memory of the reach %s, also where sessions lack their last bars',
    async (reach) => {
      for (const bars of [noise, ragged])
        await same({ bars, range, features: bodies, environment: environmentDefaults, policy: policyOf(reach) });
    },
  );

  test('where the drawdown limit ends episodes, with dead band, late orders and positions held over night', async () => {
    const strict = { ...environmentDefaults, maxDrawdown: 0.003 };
    for (const environment of [
      strict,
      { ...strict, deadBand: 0.2, latencyBars: 2 },
      { ...strict, overnight: 'hold' as const },
      { ...environmentDefaults, overnight: 'hold' as const, latencyBars: 1 },
    ])
      for (const bars of [noise, ragged]) {
        const walked = { bars, range, features: bodies, environment, policy: policyOf('account') };
        const both = await walkBoth(walked);
        if (environment.maxDrawdown === strict.maxDrawdown) expect(both.walked.earlyTerminations).toBeGreaterThan(0);
        expectSameWalk(both, walked);
      }
  });

  test('where the data end within a session, and in a range that ends before they do', async () => {
    const cut = without(noise, (row) => row >= 7 * perSession + 9);
    for (const to of [8, 7])
      await same({ bars: cut, range: { from: 2, to }, features: bodies, environment: environmentDefaults, policy: policyOf('session') });
  });

  test('in contracts that are rolled and called for margin', async () => {
    const terms = {
      unit: 'contract',
      multiplier: 5,
      tick: 0.25,
      feePerSide: 0.62,
      initialMargin: 2500,
      maintenanceMargin: 2450,
      maxUnits: 3,
    };
    const index = Float64Array.from(noise.session, (session) => (session >= 3 ? 1 : 0));
    const bars = {
      ...noise,
      contracts: noise.bars.map(({ open }) => ({
        names: ['H', 'M'],
        index,
        previousOpen: index.map((of, row) => (row > 0 && of !== index[row - 1] ? open[row]! * 0.99 : Number.NaN)),
      })),
    };
    const cases = [
      ...(['flat', 'hold'] as const).map((overnight) => ({ overnight, capital: 20_000, multiplier: 5 })),
      // Barely the margin of what is held, which a bar may lose.
      ...[5_100, 10_100, 15_100].map((capital) => ({ overnight: 'flat' as const, capital, multiplier: 400 })),
    ];
    let calls = 0;
    for (const { overnight, capital, multiplier } of cases) {
      const environment = environmentOptions.parse({
        capital,
        sizing: 'margin',
        overnight,
        marginUse: 1,
        maxDrawdown: 0.9,
        costs: { model: 'contract', slippageTicks: 0.5 },
        instruments: Object.fromEntries(bars.symbols.map((symbol) => [symbol, { ...terms, multiplier }])),
      });
      const walked = { bars, range, features: bodies, environment, policy: policyOf('account') };
      const both = await walkBoth(walked);
      calls += both.walked.marginCalls;
      expectSameWalk(both, walked);
    }
    expect(calls).toBeGreaterThan(0);
  });
});

const sac = { hidden: [8], batchSize: 8 } as const;
const memory = { memoryWidth: 8, memoryLayers: 1, stateWidth: 3, taps: 3, headWidth: 8 } as const;
const ppo = {
  id: 'recurrent-ppo',
  memoryWidth: 8,
  hidden: [8],
  rolloutSteps: 8,
  sequenceSteps: 4,
  batchSequences: 2,
  normalise: false,
} as const;
const agents: readonly (readonly [string, AgentConfig])[] = [
  ['SAC', sac],
  ['SAC with a window of Mamba-2', { ...sac, ...memory, window: 6, memory: 'mamba-2' }],
  ['SAC with an LSTM over the account', { ...sac, ...memory, window: 6, memory: 'lstm', recall: 'episode', memoryReach: 'account' }],
  ['recurrent PPO', ppo],
];

describe.each(agents)('the saved policy of %s', (_, config) => {
  let policy: BothForms;
  beforeAll(async () => {
    policy = await savedPolicy(config, { observationSize: 26, actionSize: 2 });
  });
  afterAll(() => policy.dispose());

  test('walks the planted market with the same bits in the engine', async () => {
    const bars = generateMarket(marketPresetOf('planted'), 4, 3);
    await same({ bars, range: { from: 0, to: 3 }, features: dualTicker, environment: environmentDefaults, policy });
  });
});

describe.skipIf(!hasSharedData)(`44 real sessions${sharedDataNote}`, () => {
  let dataDir: string;
  let bars: AlignedBars;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-live-'));
    const sources = ['NVDA', 'MSFT'].map((symbol) => ({ file: sharedDataFile(`equities_1m/${symbol}_1m_2018-02-16_2018-04-20.csv.gz`) }));
    await importCsv({ dataDir, name: 'equities', sources, rules: { auction: 'bar' } });
    bars = barsFromTable(loadDataset(dataDir, 'equities'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test.each([dualTicker, barFlow])('are walked with the same bits on $id', async (features) => {
    const observationSize = 2 * (features.features(2).length + 1);
    await same({
      bars,
      range: { from: 0, to: 44 },
      features,
      environment: environmentDefaults,
      policy: rememberingPolicy(observationSize, 2, 'session'),
    });
  });
});
