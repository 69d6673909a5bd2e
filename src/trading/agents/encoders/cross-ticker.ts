import { concat, reshape, slice } from '../../../tensor/graph/ops/index.ts';
import { encoderLayer } from '../../../tensor/nn/attention.ts';
import { linear } from '../../../tensor/nn/linear.ts';
import { mlp } from '../../../tensor/nn/mlp.ts';
import type { Layer } from '../../../tensor/nn/parameters.ts';

export interface CrossTickerOptions {
  readonly tickers: number;
  /** `own`: each ticker has embeddings of its own; `shared`: one for all. */
  readonly embedding: 'own' | 'shared';
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

/** The dual-ticker design: 516,096 parameters for two tickers. */
export const crossTickerDefaults: CrossTickerOptions = {
  tickers: 2,
  embedding: 'own',
  features: 12,
  width: 128,
  positionWidth: 32,
  layers: 3,
  heads: 8,
  inner: 256,
  outputs: 256,
};

/**
 * Attention between tickers. An observation is [features, position] of each in turn; each ticker has its own two-layer network into `width`
 * and its own linear layer for the position, or all share one of each; attention layers run over the embeddings; then embeddings and
 * positions together go through one linear layer: [rows, tickers (features + 1)] to [rows, outputs]. At the default sizes 59,200 parameters
 * for each of n tickers and 397,696 for all; with a shared embedding 40,960 n + 415,936. No dropout: in a policy it would make the
 * probabilities of an update differ from those of acting.
 */
export function crossTickerEncoder(name: string, options: CrossTickerOptions = crossTickerDefaults): Layer {
  const { tickers: count, features, width, positionWidth } = options;
  const layersOf = (of: string) => ({
    embed: mlp(`${name}/ticker${of}`, [features, width, width]),
    position: linear(`${name}/position${of}`, 1, positionWidth),
  });
  const shared = options.embedding === 'shared' ? layersOf('') : null;
  const tickers = Array.from({ length: count }, (_, i) => ({ start: i * (features + 1), ...(shared ?? layersOf(`/${i}`)) }));
  const layers = Array.from({ length: options.layers }, (_, i) =>
    encoderLayer(`${name}/attention/${i}`, width, options.heads, options.inner),
  );
  const out = linear(`${name}/out`, count * (width + positionWidth), options.outputs);
  return {
    parameters: [...(shared === null ? tickers : [shared]).flatMap(({ embed, position }) => [embed, position]), ...layers, out].flatMap(
      (part) => part.parameters,
    ),
    apply: (parameters, x) => {
      const rows = x.shape[0]!;
      const embedded = tickers.map(({ start, embed }) =>
        reshape(embed.apply(parameters, slice(x, 1, start, start + features)), [rows, 1, width]),
      );
      const positions = tickers.map(({ start, position }) =>
        position.apply(parameters, slice(x, 1, start + features, start + features + 1)),
      );
      const seen = layers.reduce((y, layer) => layer.apply(parameters, y), concat(embedded, 1));
      return out.apply(parameters, concat([reshape(seen, [rows, count * width]), ...positions], 1));
    },
  };
}
