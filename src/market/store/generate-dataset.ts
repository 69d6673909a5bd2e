import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AlignedBars } from '../bars.ts';
import { type QualityReport, qualityOf } from '../quality.ts';
import { streamOf } from '../stream.ts';
import { generateMarket, generatorId } from '../synthetic/generate.ts';
import { type MarketParameters, marketPresetOf, presetFor } from '../synthetic/presets.ts';
import { partsOf, type WrittenDataset, writeDataset } from './write.ts';

export interface GenerateOptions {
  readonly dataDir: string;
  readonly name: string;
  readonly seed: number | string;
  /** Number of sessions of 390 minute bars; default 200. */
  readonly sessions?: number;
  /** Default: the two of the preset. */
  readonly symbols?: readonly string[];
  readonly replace?: boolean;
}

const defaultSessions = 200;

/**
 * Generates a market and stores it. Equal arguments give equal bytes on every machine with the same generator.
 * @throws AssayError `config_invalid` for an unknown preset; `usage` for symbols that are empty or the same; `conflict` as
 * {@link writeDataset}.
 */
export function generateDataset(preset: string, options: GenerateOptions): WrittenDataset {
  const parameters = parametersOf(preset, options.symbols);
  const bars = generateMarket(parameters, options.seed, options.sessions ?? defaultSessions);
  return writeDataset({
    ...options,
    ...partsOf(bars),
    origin: { kind: 'synthetic', generator: generatorId, preset, seed: options.seed, parameters: parameters as unknown as Json },
    quality: qualityOfAll(bars),
  });
}

function parametersOf(preset: string, symbols?: readonly string[]): MarketParameters {
  const parameters = marketPresetOf(preset);
  if (symbols === undefined) return parameters;
  if (symbols.length === 0 || symbols.includes('') || new Set(symbols).size < symbols.length)
    throw new AssayError('usage', `the symbols ${JSON.stringify(symbols.join(','))} are not names, each once`, {
      hint: 'write for example --symbols AAA,BBB,CCC',
    });
  return presetFor(parameters, symbols);
}

function qualityOfAll(bars: AlignedBars): QualityReport[] {
  return bars.symbols.map((symbol, index) =>
    qualityOf(streamOf({ symbol, time: bars.time, ...bars.bars[index]! }), bars.calendar, bars.barMs),
  );
}
