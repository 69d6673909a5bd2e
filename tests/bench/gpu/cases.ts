/** What is measured on a GPU: gradient steps of SAC, by network, batch and number of processes that share the GPU. */
import type { SacOptions } from '../../../src/trading/agents/sac/options.ts';

export interface GpuCase {
  readonly network: keyof typeof gpuNetworks;
  readonly batch: number;
  /** Processes that learn at the same time, each an agent of its own. */
  readonly processes: number;
}

export const gpuNetworks = {
  'MLP 2 x 256': { hidden: [256, 256] },
  'MLP 2 x 1024': { hidden: [1024, 1024] },
  '2-layer mamba-2, window 60': { memory: 'mamba-2' },
  'attention across tickers': { encoder: 'cross-ticker' },
} as const satisfies Readonly<Record<string, Partial<SacOptions>>>;

const batches = [256, 1024, 4096];

/** In the order in which they are worth having, because the time may end: every network once, then what shares a GPU, then the rest. */
export const gpuCases: readonly GpuCase[] = [
  ...(['MLP 2 x 256', '2-layer mamba-2, window 60'] as const).flatMap((network) =>
    batches.map((batch) => ({ network, batch, processes: 1 })),
  ),
  ...[2, 4].map((processes) => ({ network: 'MLP 2 x 256' as const, batch: 256, processes })),
  ...[2, 4].map((processes) => ({ network: '2-layer mamba-2, window 60' as const, batch: 256, processes })),
  ...(['MLP 2 x 1024', 'attention across tickers'] as const).flatMap((network) =>
    batches.map((batch) => ({ network, batch, processes: 1 })),
  ),
];
