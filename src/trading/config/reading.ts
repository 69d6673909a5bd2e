import { AsyncLocalStorage } from 'node:async_hooks';
import { type ConfigOverrides, readConfigText } from '../../core/config-file.ts';
import { AssayError } from '../../core/errors.ts';
import type { AgentId } from '../agents/create.ts';
import type { TradingConfig } from './schema.ts';

/** A configuration as a study got it: includes and overrides merged, defaults filled in. */
export interface ReadConfig {
  readonly file: string;
  readonly config: TradingConfig<AgentId>;
}

interface Reading {
  readonly overrides: ConfigOverrides;
  readonly read: ReadConfig[];
}

const readings = new AsyncLocalStorage<Reading>();

/** What `loadTradingConfig` has to heed while a study loads; undefined at any other time. */
export const readingNow = (): Reading | undefined => readings.getStore();

/**
 * Loads something whose configurations are changed by `overrides`; resolves to it and to the configurations that it read meanwhile.
 * A module that was loaded before keeps what it read then.
 * @throws AssayError `config_invalid` for a file or value that does not fit; `usage` for overrides where no configuration was read
 */
export async function readingConfigs<Loaded>(
  overrides: ConfigOverrides,
  load: () => Promise<Loaded>,
): Promise<{ readonly loaded: Loaded; readonly configs: readonly ReadConfig[] }> {
  // Refused here with its own place; within the study the place would be the study's.
  for (const file of overrides.files) readConfigText(file);
  const read: ReadConfig[] = [];
  const loaded = await readings.run({ overrides, read }, load);
  if (read.length === 0 && (overrides.files.length > 0 || Object.keys(overrides.set).length > 0))
    throw new AssayError('usage', 'the study reads no configuration while it loads, so nothing can be set in one', {
      place: overrides.files.length > 0 ? '--config' : '--set',
      hint: 'call loadTradingConfig at the top of the study file, or change the study itself',
    });
  return { loaded, configs: read };
}
