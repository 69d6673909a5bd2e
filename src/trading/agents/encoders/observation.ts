import { z } from 'zod';
import { AssayError } from '../../../core/errors.ts';
import type { Layer } from '../../../tensor/nn/parameters.ts';
import { type Conflicts, count, divides, width } from '../options.ts';
import { crossTickerDefaults, crossTickerEncoder } from './cross-ticker.ts';

/**
 * The encoder between an observation and an agent's memory or first layer. The default sizes are the dual-ticker design's: 516,096
 * parameters for two tickers.
 */
export const encoderShape = {
  encoder: z
    .enum(['none', 'cross-ticker'])
    .default('none')
    .meta({ description: '`cross-ticker`: attention between the tickers of an observation, before the memory' }),
  encoderEmbedding: z.enum(['own', 'shared']).default(crossTickerDefaults.embedding).meta({
    description: '`own`: each ticker has an embedding of its own; `shared`: one for all, which needs fewer parameters',
  }),
  encoderWidth: width.default(crossTickerDefaults.width).meta({ description: "width of a ticker's embedding" }),
  encoderLayers: count.default(crossTickerDefaults.layers).meta({ description: 'attention layers' }),
  encoderHeads: count.default(crossTickerDefaults.heads).meta({ description: 'heads per layer; divides encoderWidth' }),
  encoderInner: width.default(crossTickerDefaults.inner).meta({ description: 'hidden width of the feed-forward parts' }),
  encoderOutputs: width.default(crossTickerDefaults.outputs).meta({ description: 'features of the result' }),
};

const encoderOptions = z.strictObject(encoderShape);

export type EncoderSizes = Readonly<z.output<typeof encoderOptions>>;

export function encoderConflicts({ encoder, encoderWidth, encoderHeads }: EncoderSizes): Conflicts<EncoderSizes> {
  const fits = encoder === 'none' || divides(encoderHeads, encoderWidth);
  return fits ? {} : { encoderHeads: `a divisor of encoderWidth (${encoderWidth})` };
}

/** An encoder of rows of observations, and the width of its result. */
export interface ObservationEncoder extends Layer {
  readonly outputs: number;
}

/**
 * Creates the encoder of `owner`. There is one action for each ticker.
 * @throws AssayError `shape_invalid` if the cross-ticker encoder gets an observation that is not of as many tickers as there are actions.
 */
export function createObservationEncoder(
  owner: string,
  { observationSize, actionSize: tickers }: { readonly observationSize: number; readonly actionSize: number },
  sizes: EncoderSizes,
): ObservationEncoder {
  if (sizes.encoder === 'none') return { parameters: [], outputs: observationSize, apply: (_parameters, x) => x };
  const name = `${owner}/${sizes.encoder}`;
  const features = observationSize / tickers - 1;
  if (!(Number.isInteger(features) && features > 0))
    throw new AssayError(
      'shape_invalid',
      `the layer ${name} takes features and a position of each of ${tickers} tickers, not ${observationSize} numbers`,
      {
        place: `layer ${name}`,
        hint: 'use a feature set with the same features of every symbol, or the encoder none',
      },
    );
  const layer = crossTickerEncoder(name, {
    ...crossTickerDefaults,
    tickers,
    embedding: sizes.encoderEmbedding,
    features,
    width: sizes.encoderWidth,
    layers: sizes.encoderLayers,
    heads: sizes.encoderHeads,
    inner: sizes.encoderInner,
    outputs: sizes.encoderOutputs,
  });
  return { ...layer, outputs: sizes.encoderOutputs };
}
