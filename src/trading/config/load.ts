import { join } from 'node:path';
import { loadConfig } from '../../core/config-file.ts';
import { packageRoot } from '../../core/package-root.ts';
import { type GateRules, gateRules } from '../../validation/gates/rules.ts';
import type { AgentId } from '../agents/create.ts';
import { type TradingConfig, tradingConfigSchema } from './schema.ts';

/**
 * Reads the YAML configuration of a trading study, with its includes: see {@link loadConfig}. `agent` is the one that the study is
 * written for, SAC where left out: it says which keys `agent` has.
 * @throws AssayError `config_invalid` naming the file and the key.
 */
export function loadTradingConfig(file: string | URL): TradingConfig;
export function loadTradingConfig<Id extends AgentId>(file: string | URL, agent: Id): TradingConfig<Id>;
export function loadTradingConfig(file: string | URL, agent: AgentId = 'sac'): TradingConfig<AgentId> {
  return loadConfig(file, tradingConfigSchema(agent));
}

/** The gates that `assay gate` and `assay promote` ask: configs/gates.yaml unless another file is named. */
export function loadGateRules(file: string | URL = join(packageRoot, 'configs/gates.yaml')): GateRules {
  return loadConfig(file, gateRules);
}
