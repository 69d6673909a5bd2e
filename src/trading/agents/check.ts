import { AssayError } from '../../core/errors.ts';
import type { AgentConfig } from './create.ts';
import { checkRecurrentPpoOptions } from './recurrent-ppo/options.ts';
import { checkSacOptions } from './sac/options.ts';

/**
 * Checks an agent's settings without loading its networks.
 * @throws AssayError `params_invalid` naming the first invalid setting; `config_invalid` for actions that the agent cannot take.
 */
export function checkAgent(
  config: AgentConfig,
  { environments, choosesPositions }: { readonly environments: number; readonly choosesPositions: boolean },
): void {
  if (config.id === 'recurrent-ppo') {
    const { id: _, ...options } = config;
    checkRecurrentPpoOptions(options, environments);
    return;
  }
  if (choosesPositions) refusePositions();
  const { id: _, ...options } = config;
  checkSacOptions(options);
}

export function refusePositions(): never {
  throw new AssayError('config_invalid', 'sac chooses positions freely, it cannot pick one of a few', {
    place: 'environment.positions',
    hint: 'leave it out, or take the agent recurrent-ppo',
  });
}
