import { AssayError } from '../../core/errors.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { InstrumentTerms } from './options.ts';

/** What the account needs to know of one asset. `null`: neither the data set nor the configuration says it. */
export interface AssetTerms {
  readonly symbol: string;
  readonly unit: 'share' | 'contract';
  /** Account currency per point of price and unit. */
  readonly multiplier: number;
  readonly tick: number | null;
  readonly feePerSide: number | null;
  readonly initialMargin: number | null;
  readonly maintenanceMargin: number | null;
  /** Largest position in units; infinite without a limit. */
  readonly maxUnits: number;
  readonly fractional: boolean | null;
}

/**
 * The terms of each asset: those of the configuration, else those of the data set's instrument. An asset that neither knows is a share.
 * @throws AssayError `config_invalid` for terms of a symbol that the data set does not have.
 */
export function termsOf(
  { symbols, instruments, contracts }: Pick<AlignedBars, 'symbols' | 'instruments' | 'contracts'>,
  configured: Readonly<Record<string, InstrumentTerms>> = {},
): readonly AssetTerms[] {
  const used = new Set<string>();
  const terms = symbols.map((symbol, k): AssetTerms => {
    const known = instruments[k] ?? null;
    const key = [symbol, known?.root].find((name) => name !== undefined && Object.hasOwn(configured, name));
    if (key !== undefined) used.add(key);
    const given: InstrumentTerms = key === undefined ? {} : configured[key]!;
    const unit = given.unit ?? known?.unit ?? (contracts[k] === null ? 'share' : 'contract');
    return {
      symbol,
      unit,
      multiplier: given.multiplier ?? known?.multiplier ?? (unit === 'share' ? 1 : missing(symbol, 'multiplier')),
      tick: given.tick ?? known?.tick ?? null,
      feePerSide: given.feePerSide ?? known?.feePerSide ?? null,
      initialMargin: given.initialMargin ?? known?.initialMargin ?? null,
      maintenanceMargin: given.maintenanceMargin ?? known?.maintenanceMargin ?? null,
      maxUnits: given.maxUnits ?? Number.POSITIVE_INFINITY,
      fractional: given.fractional ?? null,
    };
  });
  const unknown = Object.keys(configured).find((name) => !used.has(name));
  if (unknown !== undefined)
    throw new AssayError('config_invalid', `the data set has no symbol and no future ${JSON.stringify(unknown)}`, {
      place: `environment.instruments.${unknown}`,
      hint: `its symbols are ${symbols.join(', ')}`,
    });
  return terms;
}

/**
 * A term that the configured rules need.
 * @throws AssayError `config_invalid` naming the setting: no fee and no margin has a default.
 */
export function needed(terms: AssetTerms, name: 'tick' | 'feePerSide' | 'initialMargin' | 'maintenanceMargin'): number {
  return terms[name] ?? missing(terms.symbol, name);
}

function missing(symbol: string, name: string): never {
  throw new AssayError('config_invalid', `${name} of ${symbol} is not known: neither the data set nor the configuration states it`, {
    place: `environment.instruments.${symbol}.${name}`,
    hint: 'state it in the configuration; fees and margins are those of your broker, they have no default',
  });
}
