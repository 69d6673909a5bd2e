import { AssayError } from '../../../core/errors.ts';
import type { Layer } from '../../../tensor/nn/parameters.ts';
import { positiveInteger, type Rules } from '../options.ts';
import { crossTickerDefaults, crossTickerEncoder } from './cross-ticker.ts';

/** What stands between an observation and an agent's memory or first layer. */
export interface EncoderSizes {
  /** `cross-ticker` is attention between the two tickers of an observation, before time comes in. */
  readonly encoder: 'none' | 'cross-ticker';
  /** Width of a ticker's embedding. */
  readonly encoderWidth: number;
  /** Attention layers. */
  readonly encoderLayers: number;
  /** Views per layer; must divide encoderWidth. */
  readonly encoderHeads: number;
  /** Hidden width of the feed-forward parts. */
  readonly encoderInner: number;
  /** Features that come out. */
  readonly encoderOutputs: number;
}

/** The dual-ticker design at its full size: 516,096 parameters. */
export const encoderDefaults: EncoderSizes = {
  encoder: 'none',
  encoderWidth: crossTickerDefaults.width,
  encoderLayers: crossTickerDefaults.layers,
  encoderHeads: crossTickerDefaults.heads,
  encoderInner: crossTickerDefaults.inner,
  encoderOutputs: crossTickerDefaults.outputs,
};

/** What must hold of the sizes, for `checkOptions`. */
export function encoderRules(sizes: EncoderSizes): Rules<EncoderSizes> {
  const { encoderWidth, encoderHeads } = sizes;
  const divides = positiveInteger(encoderHeads) && encoderWidth % encoderHeads === 0;
  return {
    encoder: [['none', 'cross-ticker'].includes(sizes.encoder), 'none or cross-ticker'],
    encoderWidth: [positiveInteger(encoderWidth), 'a positive integer'],
    encoderLayers: [positiveInteger(sizes.encoderLayers), 'a positive integer'],
    encoderHeads: [sizes.encoder === 'none' || divides, `a divisor of encoderWidth (${encoderWidth})`],
    encoderInner: [positiveInteger(sizes.encoderInner), 'a positive integer'],
    encoderOutputs: [positiveInteger(sizes.encoderOutputs), 'a positive integer'],
  };
}

/** An encoder of rows of observations and how wide its result is. */
export interface ObservationEncoder extends Layer {
  readonly outputs: number;
}

/** The encoder of `owner`. Throws `shape_invalid` for an observation that is not that of two tickers where one is needed. */
export function createObservationEncoder(owner: string, observationSize: number, sizes: EncoderSizes): ObservationEncoder {
  if (sizes.encoder === 'none') return { parameters: [], outputs: observationSize, apply: (_parameters, x) => x };
  const name = `${owner}/${sizes.encoder}`;
  const features = observationSize / 2 - 1;
  if (!positiveInteger(features))
    throw new AssayError(
      'shape_invalid',
      `the layer ${name} takes features and a position of two tickers, not ${observationSize} numbers`,
      {
        place: `layer ${name}`,
        hint: 'use a feature set of two symbols, or the encoder none',
      },
    );
  const layer = crossTickerEncoder(name, {
    ...crossTickerDefaults,
    features,
    width: sizes.encoderWidth,
    layers: sizes.encoderLayers,
    heads: sizes.encoderHeads,
    inner: sizes.encoderInner,
    outputs: sizes.encoderOutputs,
  });
  return { ...layer, outputs: sizes.encoderOutputs };
}
