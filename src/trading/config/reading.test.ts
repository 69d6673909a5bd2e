import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigOverrides } from '../../core/config-file.ts';
import { AssayError } from '../../core/errors.ts';
import { loadTradingConfig } from './load.ts';
import { readingConfigs } from './reading.ts';

let folder: string;
let base: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-reading-'));
  base = file(
    'base.yaml',
    `
dataset: x
features: dual-ticker@2
training: { environments: 4, updates: 10, episodeSteps: 20, rewardScale: 1000 }
sessions: { searchSessions: 10, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 }
environment: { costs: { transactionBp: 1, impactBp: 0 } }
agent: { id: sac, hidden: [8, 8] }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const read = async ({ files = [], set = {} }: Partial<ConfigOverrides>) =>
  (await readingConfigs({ files, set }, async () => loadTradingConfig(base))).loaded;

async function errorOf(overrides: Partial<ConfigOverrides>): Promise<AssayError> {
  try {
    await read(overrides);
  } catch (error) {
    if (error instanceof AssayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a configuration that is changed from outside', () => {
  test('takes values by key, with the types of the schema', async () => {
    const set = {
      'training.updates': '77',
      dataset: '2024',
      'agent.hidden': '[16]',
      'environment.overnight': 'hold',
      checkpointSeconds: '.inf',
    };
    const config = await read({ set });
    expect(config.training).toMatchObject({ updates: 77, environments: 4 });
    expect(config.dataset).toBe('2024');
    expect(config.agent.hidden).toEqual([16]);
    expect(config.environment).toMatchObject({ overnight: 'hold', costs: { transactionBp: 1 } });
    expect(config.checkpointSeconds).toBe(Number.POSITIVE_INFINITY);
  });

  test('merges files with their includes, and puts single values over them', async () => {
    file('inner.yaml', 'training: { updates: 20, environments: 5 }\n');
    const first = file('first.yaml', 'include: [inner.yaml]\ntraining: { updates: 30 }\n');
    const second = file('second.yaml', 'sessions: { folds: 3 }\n');
    const config = await read({ files: [first, second], set: { 'sessions.folds': '4' } });
    expect(config.training).toMatchObject({ updates: 30, environments: 5, episodeSteps: 20 });
    expect(config.sessions.folds).toBe(4);
  });

  test('takes a map in place of the one that is there, so that another model of costs can be set', async () => {
    const config = await read({ set: { 'environment.costs': '{ model: spread }' } });
    expect(config.environment.costs).toEqual({ model: 'spread' });
  });

  test.each([
    ['training.updats', '1', 'training.updats: unknown key', 'did you mean updates?'],
    ['trainin.updates', '1', 'trainin: unknown key', 'did you mean training?'],
    ['training.updates', '1.5', 'training.updates: it takes a whole number from 1, not 1.5', undefined],
    ['training.updates', 'many', 'training.updates: it takes a whole number from 1, not "many"', undefined],
    ['training.updates.most', '1', 'training.updates: it takes a whole number from 1, not {"most":1}', undefined],
    ['training', '[1', 'training: "[1" is not YAML', undefined],
    ['__proto__.updates', '1', '__proto__: no configuration may have this key', undefined],
    ['training', '{ __proto__: { updates: 1 } }', 'training.__proto__: no configuration may have this key', undefined],
  ])('refuses %s=%s', async (key, text, message, hint) => {
    const error = await errorOf({ set: { [key]: text } });
    expect(error.code).toBe('config_invalid');
    expect(error.message).toBe(message);
    expect(error.place).toMatch(/^--set configs\./);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  test('names file and line of what a further file has wrong, and a file that is not there', async () => {
    const wrong = await errorOf({ files: [file('wrong.yaml', '\ntraining:\n  updats: 1\n')] });
    expect([wrong.message, wrong.place]).toEqual(['training.updats: unknown key', `${join(folder, 'wrong.yaml')}:3`]);
    const missing = await errorOf({ files: [join(folder, 'missing.yaml')] });
    expect([missing.code, missing.place]).toEqual(['config_invalid', join(folder, 'missing.yaml')]);
  });

  test('is refused where nothing reads one', async () => {
    await expect(readingConfigs({ files: [], set: { dataset: 'y' } }, async () => 1)).rejects.toMatchObject({
      code: 'usage',
      place: '--set',
    });
    expect(await readingConfigs({ files: [], set: {} }, async () => 1)).toEqual({ loaded: 1, configs: [] });
  });

  test('leaves others as they are: those read afterwards, and those read at the same time', async () => {
    const [changed, same] = await Promise.all([read({ set: { 'training.updates': '77' } }), read({})]);
    expect([changed.training.updates, same.training.updates, loadTradingConfig(base).training.updates]).toEqual([77, 10, 10]);
  });
});
