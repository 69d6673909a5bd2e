import { z } from 'zod';
import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { featureSetOf } from '../features/choice.ts';
import { sessionCalendarOf } from '../market/calendars/index.ts';
import { loadPolicy } from '../trading/agents/policy.ts';
import { type EnvironmentConfig, environmentOptions } from '../trading/env/options.ts';
import { targetsOf } from '../trading/env/targets.ts';
import { lotTermsIn } from './drivers/execution-model.ts';
import type { EnginePolicy } from './drivers/run-engine.ts';
import type { EngineConfig } from './engine/engine.ts';
import { termsAs } from './engine/guard.ts';
import type { LiveConfig } from './live-config.ts';

/** What a saved policy says of itself, as far as trading needs it. */
const metadataSchema = z.object({
  features: z.string(),
  normaliser: z.string().optional(),
  environment: z.string(),
  instruments: z.string(),
  symbols: z.string(),
  calendar: z.string(),
  barMs: z.string().regex(/^\d+$/),
});

const instrumentsSchema = z.array(
  z.object({
    symbol: z.string(),
    unit: z.enum(['share', 'contract']),
    multiplier: z.number(),
    tick: z.number().nullable(),
    feePerSide: z.number().nullable(),
    initialMargin: z.number().nullable(),
    maintenanceMargin: z.number().nullable(),
    maxUnits: z.number().nullable(),
    fractional: z.boolean().nullable(),
  }),
);

export interface ModelParts {
  readonly engine: Omit<EngineConfig, 'run' | 'decideFromMs'>;
  readonly policy: EnginePolicy;
  readonly ticks: ReadonlyMap<string, number>;
  readonly dispose: () => Promise<void>;
}

/**
 * The parts of an engine that trades a saved policy: its features, its execution model and what it learnt, as its file says, under the symbols
 * that are traded.
 * @throws AssayError `data_invalid` for a file that does not say all of it; `config_invalid` for symbols that the model does not have.
 */
export async function modelParts(bytes: Uint8Array, config: LiveConfig): Promise<ModelParts> {
  const policy = await loadPolicy(bytes);
  const metadata = metadataSchema.safeParse(policy.metadata);
  if (!metadata.success)
    throw new AssayError('data_invalid', 'the policy does not say what it was trained on', {
      hint: 'promote a trial of a trading study: its policy names features, symbols, calendar and instruments',
    });
  const { features, normaliser, environment, instruments, calendar, barMs } = metadata.data;
  const trained = z.array(z.string()).parse(JSON.parse(metadata.data.symbols));
  const symbols = trained.map((symbol) => tradedAs(symbol, config));
  const other = Object.keys(config.symbols).find((symbol) => !trained.includes(symbol));
  if (other !== undefined)
    throw new AssayError('config_invalid', `the model does not trade ${other}`, {
      place: `symbols.${other}`,
      hint: `it trades ${trained.join(', ')}`,
    });
  const rules: EnvironmentConfig = environmentOptions.parse({
    ...(JSON.parse(environment) as object),
    instruments: Object.fromEntries(
      instrumentsSchema
        .parse(JSON.parse(instruments))
        .map(({ symbol, ...terms }) => [
          tradedAs(symbol, config),
          Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== null)),
        ]),
    ),
  });
  const facts = {
    symbols,
    barMs: Number(barMs),
    calendar: sessionCalendarOf(calendar),
    closingAuction: false,
    instruments: symbols.map(() => null),
  };
  const terms = lotTermsIn(facts, rules, config.year).map((one) => termsAs(one, one.symbol, config.year));
  return {
    engine: {
      ...facts,
      features: featureSetOf(features),
      fitted: normaliser === undefined ? null : ((JSON.parse(normaliser) as { readonly fitted?: Json }).fitted ?? null),
      environment: rules,
      memory: { size: policy.stateSize, reach: policy.memory },
      beginsAt: config.beginsAt,
      graceMs: config.graceMs,
      account: {
        kind: 'orders',
        terms,
        matching: 'quotes',
        flattenMs: config.flattenMs,
        rollSessions: config.rollSessions,
        limits: config.limits,
      },
    },
    policy: async (observation, memory) => {
      const { action, memory: after } = await policy.step(observation, memory);
      return { action: targetsOf(rules, action), memory: after };
    },
    ticks: new Map(terms.map(({ symbol, tick }) => [symbol, tick])),
    dispose: policy.dispose,
  };
}

function tradedAs(symbol: string, { symbols }: LiveConfig): string {
  const raw = Object.hasOwn(symbols, symbol) ? symbols[symbol] : undefined;
  if (raw !== undefined) return raw;
  throw new AssayError('config_invalid', `it is not said what is traded for ${symbol}`, {
    place: `symbols.${symbol}`,
    hint: `name the raw symbol: symbols: { ${symbol}: ... }`,
  });
}
