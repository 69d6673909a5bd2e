import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closestFirst } from '../../core/closest-names.ts';
import { loadConfig } from '../../core/config-file.ts';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import { defaultGatePolicy } from '../../search/study/define-study.ts';
import { type GatePolicy, gatePolicySchema } from '../../validation/gates/policy.ts';
import type { AgentId } from '../agents/create.ts';
import { readingNow } from './reading.ts';
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
  const reading = readingNow();
  const config = loadConfig(file, tradingConfigSchema(agent), reading?.overrides);
  reading?.read.push({ file: file instanceof URL ? fileURLToPath(file) : file, config });
  return config;
}

const policyFolder = join(packageRoot, 'configs/gates');

/** Names of the platform's gate policies, sorted. */
export function gatePolicyNames(folder = policyFolder): readonly string[] {
  return readdirSync(folder)
    .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
    .sort();
}

/** @throws AssayError for an unknown name, with the known ones, the closest first; default `usage`, for one that somebody asks for */
export function requireGatePolicy(name: string, code: 'usage' | 'config_invalid' = 'usage', folder = policyFolder): void {
  const names = gatePolicyNames(folder);
  if (names.includes(name)) return;
  throw new AssayError(code, `there is no gate policy ${JSON.stringify(name)}`, { hint: `known: ${closestFirst(name, names).join(', ')}` });
}

/**
 * Reads a gate policy by its name, from configs/gates.
 * @throws AssayError `config_invalid` for an unknown name, with the known ones, the closest first; and as {@link loadConfig} for a wrong file
 */
export function loadGatePolicy(name: string = defaultGatePolicy, folder = policyFolder): GatePolicy {
  requireGatePolicy(name, 'config_invalid', folder);
  const file = join(folder, `${name}.yaml`);
  const policy = loadConfig(file, gatePolicySchema);
  if (policy.name !== name)
    throw new AssayError('config_invalid', `name: the policy of this file is called ${JSON.stringify(policy.name)}, not ${name}`, {
      place: `${file}:1`,
      hint: 'a gate policy has the name of its file',
    });
  return policy;
}
