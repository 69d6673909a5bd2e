import { expect, test } from 'vitest';
import { bars, contextOf, options } from '../../../tests/fixtures/trading-task.ts';
import { checkTask } from './check.ts';
import type { TradingTaskOptions } from './options.ts';

type Params = Parameters<(typeof options)['agent']>[0];
const future = { unit: 'contract', multiplier: 20, tick: 0.25 } as const;
const contract = { model: 'contract', slippageTicks: 1 } as const;

test('settings that a trial can run with pass', async () => {
  await expect(checkTask(options, contextOf())).resolves.toBeUndefined();
});

test.each<[string, Partial<TradingTaskOptions<Params>>, object]>([
  ['an unknown setting of the agent', { agent: () => ({ gama: 0.9 }) as never }, { code: 'params_invalid', place: 'sac gama' }],
  ['an unknown feature set', { features: 'none@1' }, { message: expect.stringContaining('none@1') }],
  ['positions that the agent cannot choose', { environment: { positions: 3 } }, { place: 'environment.positions' }],
  ['a shaping out of range', { reward: () => ({ shaping: { winBonus: -1 } }) }, { code: 'config_invalid' }],
  ['a future by weights', { environment: { instruments: { [bars.symbols[0]!]: future } } }, { place: 'environment.sizing' }],
  [
    'a future without a fee',
    { environment: { instruments: { [bars.symbols[0]!]: future }, sizing: 'exposure', costs: contract } },
    { code: 'config_invalid', message: expect.stringContaining('feePerSide') },
  ],
])('%s is refused without a training', async (_, changed, error) => {
  await expect(checkTask({ ...options, ...changed }, contextOf())).rejects.toMatchObject(error);
});
