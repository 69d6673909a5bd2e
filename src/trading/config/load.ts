import { join } from 'node:path';
import { loadConfig } from '../../core/config-file.ts';
import { packageRoot } from '../../core/package-root.ts';
import { type GateRules, gateRules } from '../../validation/gates/rules.ts';
import type { AgentId } from '../agents/create.ts';
import { type TradingConfig, tradingConfigSchema } from './schema.ts';

/**
 * Reads the YAML configuration of a trading study, with its includes: see {@link loadConfig}.
 * @param agent the agent that the study is written for (default SAC); decides which keys `agent` of the file has
 * @throws AssayError `config_invalid` naming the file and the key
 *
 * @example
 * ```ts
 * import { loadTradingConfig } from 'assay';
 *
 * const config = loadTradingConfig(new URL('../configs/nvda-msft.yaml', import.meta.url));
 * const recurrent = loadTradingConfig(new URL('./recurrent.yaml', import.meta.url), 'recurrent-ppo');
 * ```
 */
export function loadTradingConfig(file: string | URL): TradingConfig;
export function loadTradingConfig<Id extends AgentId>(file: string | URL, agent: Id): TradingConfig<Id>;
export function loadTradingConfig(file: string | URL, agent: AgentId = 'sac'): TradingConfig<AgentId> {
  return loadConfig(file, tradingConfigSchema(agent));
}

/** Reads the thresholds of the gates for `assay gate` and `assay promote`; default: configs/gates.yaml. */
export function loadGateRules(file: string | URL = join(packageRoot, 'configs/gates.yaml')): GateRules {
  return loadConfig(file, gateRules);
}
