import { concat, reshape, slice } from '../../../tensor/graph/ops/index.ts';
import { encoderLayer } from '../../../tensor/nn/attention.ts';
import { linear } from '../../../tensor/nn/linear.ts';
import { mlp } from '../../../tensor/nn/mlp.ts';
import type { Layer } from '../../../tensor/nn/parameters.ts';

export interface CrossTickerOptions {
  /** Features of one ticker, its position not counted. */
  readonly features: number;
  /** Width of a ticker's embedding. */
  readonly width: number;
  readonly positionWidth: number;
  readonly layers: number;
  readonly heads: number;
  /** Hidden width of the feed-forward parts. */
  readonly inner: number;
  readonly outputs: number;
}

/** The dual-ticker design: 516,096 parameters. */
export const crossTickerDefaults: CrossTickerOptions = {
  features: 12,
  width: 128,
  positionWidth: 32,
  layers: 3,
  heads: 8,
  inner: 256,
  outputs: 256,
};

/**
 * Attention between two tickers. An observation is [features, position] of the first, then of the second; each ticker has its own two-layer
 * network into `width` and its own linear layer for the position; attention layers run over the two embeddings; then embeddings and
 * positions together go through one linear layer: [rows, 2 (features + 1)] to [rows, outputs]. No dropout: in a policy it would make the
 * probabilities of an update differ from those of acting.
 */
export function crossTickerEncoder(name: string, options: CrossTickerOptions = crossTickerDefaults): Layer {
  const { features, width, positionWidth } = options;
  const tickers = [0, 1].map((i) => ({
    start: i * (features + 1),
    embed: mlp(`${name}/ticker/${i}`, [features, width, width]),
    position: linear(`${name}/position/${i}`, 1, positionWidth),
  }));
  const layers = Array.from({ length: options.layers }, (_, i) =>
    encoderLayer(`${name}/attention/${i}`, width, options.heads, options.inner),
  );
  const out = linear(`${name}/out`, 2 * (width + positionWidth), options.outputs);
  return {
    parameters: [...tickers.flatMap(({ embed, position }) => [embed, position]), ...layers, out].flatMap((part) => part.parameters),
    apply: (parameters, x) => {
      const rows = x.shape[0]!;
      const embedded = tickers.map(({ start, embed }) =>
        reshape(embed.apply(parameters, slice(x, 1, start, start + features)), [rows, 1, width]),
      );
      const positions = tickers.map(({ start, position }) =>
        position.apply(parameters, slice(x, 1, start + features, start + features + 1)),
      );
      const seen = layers.reduce((y, layer) => layer.apply(parameters, y), concat(embedded, 1));
      return out.apply(parameters, concat([reshape(seen, [rows, 2 * width]), ...positions], 1));
    },
  };
}
