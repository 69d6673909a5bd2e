import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { featureSetOf } from '../../features/choice.ts';
import { defineFeatureSet } from '../../features/own-set.ts';
import { shapingLimits } from '../../validation/reward-audit.ts';
import { checkSacOptions } from '../agents/sac/options.ts';
import { environmentDefaults } from '../env/options.ts';
import { filled } from '../task/options.ts';
import { gatePolicyNames, loadGatePolicy, loadTradingConfig } from './load.ts';
import { tradingConfigSchema } from './schema.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const valid = `
dataset: x
features: dual-ticker@2
training: { environments: 4, updates: 10, episodeSteps: 20, rewardScale: 1000 }
sessions: { searchSessions: 10, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 }
`;

function errorOf(path: string): AssayError {
  try {
    loadTradingConfig(path);
  } catch (error) {
    if (error instanceof AssayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a configuration', () => {
  test('is read with its defaults filled in', () => {
    const config = loadTradingConfig(file('a.yaml', valid));
    expect(config.environment).toEqual(environmentDefaults);
    expect(config.agent.hidden).toEqual([256, 256]);
    expect(config.training.executor).toBe('auto');
  });

  test('names several feature sets, with options', () => {
    const features = 'features: [{ id: phoenix-base@1, options: { clock: day } }, context-15m@1]';
    const config = loadTradingConfig(file('a.yaml', valid.replace('features: dual-ticker@2', features)));
    expect(featureSetOf(config.features).id).toBe('phoenix-base@1{"clock":"day"} + context-15m@1');
    expect(errorOf(file('b.yaml', valid.replace('features: dual-ticker@2', features.replace('day', 'night')))).message).toContain(
      'phoenix-base@1: clock',
    );
  });

  test('is merged over its includes: maps key by key, lists whole', () => {
    file('base.yaml', 'agent: { hidden: [64, 64], gamma: 0.9 }\nenvironment: { grossExposure: 0.25 }');
    file('more.yaml', 'agent: { gamma: 0.95 }');
    const config = loadTradingConfig(pathToFileURL(file('a.yaml', `include: [base.yaml, more.yaml]\nagent: { hidden: [32] }\n${valid}`)));
    expect(config.agent).toMatchObject({ hidden: [32], gamma: 0.95 });
    expect(config.environment).toMatchObject({ grossExposure: 0.25, capital: 100_000 });
  });

  test('refuses an unknown key, naming file and key', () => {
    const error = errorOf(file('a.yaml', `${valid}\nenvironment: { grosExposure: 1 }`));
    expect(error).toMatchObject({ code: 'config_invalid', message: 'environment.grosExposure: unknown key' });
    expect(error.place).toMatch(/a\.yaml:\d+$/);
    expect(error.hint).toBe('did you mean grossExposure?');
  });

  test('names the included file if the fault is there', () => {
    file('base.yaml', 'environment: { maxDrawdown: 2 }');
    expect(errorOf(file('a.yaml', `include: [base.yaml]\n${valid}`)).place).toMatch(/base\.yaml:1$/);
  });

  test('has the keys of the agent that the study is written for, and refuses another', () => {
    const path = file('a.yaml', `${valid}\nagent: { id: recurrent-ppo, memory: mamba-2, memoryLayers: 3 }`);
    expect(loadTradingConfig(path, 'recurrent-ppo').agent).toMatchObject({ memory: 'mamba-2', memoryLayers: 3, lambda: 0.95 });
    expect(errorOf(path).message).toContain('agent.id');
    expect(() => loadTradingConfig(file('b.yaml', `${valid}\nagent: { id: recurrent-ppo, tau: 0.1 }`), 'recurrent-ppo')).toThrow(
      'agent.tau: unknown key',
    );
  });

  test.each([
    { fault: 'a missing part', text: 'dataset: x\nfeatures: dual-ticker@2', says: 'training' },
    {
      fault: 'a word for a number',
      text: valid.replace('updates: 10', 'updates: ten'),
      says: 'training.updates: it takes a whole number from 1, not "ten"',
    },
    {
      fault: 'an unknown feature set',
      text: valid.replace('dual-ticker@2', 'triple'),
      says: 'features: unknown feature set',
      does: 'known feature sets: ',
    },
    { fault: 'an unknown executor', text: valid.replace('1000 }', '1000, executor: cuda }'), says: 'training.executor' },
    { fault: 'NaN', text: valid.replace('1000 }', '.nan }'), says: 'training.rewardScale' },
    { fault: 'text that is not YAML', text: 'a: [1', says: 'not YAML', does: 'indentation' },
    { fault: 'a list', text: '- 1', says: 'map of keys' },
    { fault: 'a missing include', text: 'include: [nowhere.yaml]', says: 'cannot read the configuration' },
    { fault: 'an include that is not a list', text: 'include: base.yaml', says: 'list of file names' },
    { fault: 'includes in a circle', text: 'include: [a.yaml]', says: 'includes itself' },
  ])('refuses $fault', ({ text, says, does = '' }) => {
    const error = errorOf(file('a.yaml', text));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(says);
    expect(error.message).not.toMatch(/Invalid input|:$/);
    expect(error.place).toMatch(/[\w.]+\.yaml/);
    expect(error.hint).toContain(does);
  });

  test('every study configuration of the repository is valid', () => {
    const configs = new URL('../../../configs/', import.meta.url);
    const files = readdirSync(configs).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(2);
    const agentOf = (name: string) => (name.startsWith('dual-ticker') ? 'recurrent-ppo' : 'sac');
    for (const name of files) expect(loadTradingConfig(new URL(name, configs), agentOf(name)).dataset).not.toBe('');
  });
});

describe('a gate policy', () => {
  const policyOf = (text: string, name = 'own') => {
    file(`${name}.yaml`, text);
    return loadGatePolicy(name, folder);
  };
  const head = 'name: own\ndescription: a test\npromotes: true\nexpiresAfterDays: 90\ncoolDownDays: 7\nchampionMargin: 0\n';
  const wrong = (act: () => unknown): AssayError => {
    try {
      act();
    } catch (error) {
      if (error instanceof AssayError) return error;
    }
    throw new Error('nothing was thrown');
  };

  test('of the platform is called like its file, and default is the one of a study that names none', () => {
    expect(gatePolicyNames()).toEqual([
      'default',
      'dual-ticker',
      'external',
      'go-live',
      'phoenix-1',
      'phoenix-2',
      'phoenix-3',
      'phoenix-smoke',
      'strict',
    ]);
    for (const name of gatePolicyNames()) expect(loadGatePolicy(name).name).toBe(name);
    expect(loadGatePolicy()).toEqual(loadGatePolicy('default'));
  });

  test('default asks what the documents say, and its shaping limits are those of the flag in the metrics', () => {
    const { gates } = loadGatePolicy();
    const by = (severity: string) => Object.keys(gates).filter((id) => gates[id as keyof typeof gates]!.severity === severity);
    expect(by('refuse')).toEqual([
      'seeds',
      'days',
      'data-quality',
      'look-ahead',
      'deterministic',
      'friction',
      'stability',
      'shaping',
      'folds',
      'evidence',
      'beats-baseline',
      'stress',
    ]);
    expect(by('warn')).toEqual(['beats-linear', 'overfit', 'drift']);
    expect(gates).toMatchObject({
      seeds: { minimumSeeds: 3 },
      days: { minimumDays: 60 },
      folds: { minimumFolds: 4, minimumPositive: 0.75 },
      evidence: { level: 0.005 },
      shaping: shapingLimits,
    });
  });

  test('strict is default with more, and refuses what default only warns of', () => {
    const { gates } = loadGatePolicy('strict');
    const { overfit, 'beats-baseline': beats, ...rest } = loadGatePolicy('default').gates;
    expect(gates).toMatchObject(rest);
    expect(gates['beats-baseline']).toEqual({ ...beats, rivals: ['flat', 'hold', 'linear'] });
    expect(gates.overfit).toEqual({ ...overfit, severity: 'refuse', maximumLoss: 0.1 });
    expect(gates['deflated-sharpe']).toEqual({ severity: 'refuse', minimum: 0.95, minimumDays: 60 });
    expect(gates.vault).toMatchObject({ severity: 'refuse', minimumProbability: 0.9 });
  });

  test.each([
    ['dual-ticker', false],
    ['phoenix-smoke', false],
    ['go-live', false],
    ['default', true],
    ['strict', true],
  ])('%s promotes by itself: %s', (name, promotes) => expect(loadGatePolicy(name).promotes).toBe(promotes));

  test('unknown is refused with the known ones, the closest first', () => {
    const error = wrong(() => loadGatePolicy('stict'));
    expect(error).toMatchObject({ code: 'config_invalid', message: 'there is no gate policy "stict"' });
    expect(error.hint).toMatch(/^known: strict, default, dual-ticker, /);
    expect(wrong(() => loadGatePolicy('../gates/default')).code).toBe('config_invalid');
  });

  test('with an unknown gate is refused with the known ones, the closest first', () => {
    const error = wrong(() => policyOf(`${head}gates: { sedes: { severity: refuse, minimumSeeds: 3 } }`));
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'gates.sedes: unknown gate',
      place: expect.stringMatching(/own\.yaml:7$/),
    });
    expect(error.hint).toMatch(/^known: seeds, days, /);
  });

  test.each([
    ['lacks a number', 'seeds: { severity: refuse }', 'gates.seeds.minimumSeeds: missing; it takes a whole number from 1'],
    ['lacks a severity', 'seeds: { minimumSeeds: 3 }', 'gates.seeds.severity: missing; it takes one of refuse, warn'],
    ['has a number of another gate', 'seeds: { severity: refuse, minimumSeeds: 3, level: 1 }', 'gates.seeds.level: unknown key'],
    [
      'has a level that is none',
      'evidence: { severity: refuse, level: 1 }',
      'gates.evidence.level: it takes a number above 0 and below 1, not 1',
    ],
    ['only warns', 'seeds: { severity: warn, minimumSeeds: 3 }', 'gates: no gate refuses anything: warnings alone promote nothing'],
    ['asks nothing', '', 'gates: no gate refuses anything: warnings alone promote nothing'],
  ])('that %s is refused: no gate has a silent default', (_, gates, message) => {
    expect(wrong(() => policyOf(`${head}gates: { ${gates} }`)).message).toBe(message);
  });

  test('that is called otherwise than its file is refused', () => {
    expect(wrong(() => policyOf(`${head}gates: { seeds: { severity: refuse, minimumSeeds: 3 } }`, 'other')).message).toContain(
      '"own", not other',
    );
  });

  test('cannot be set by the configuration of a study', () => {
    expect(errorOf(file('a.yaml', `${valid}\ngates: { steps: 1 }`)).message).toBe('gates: unknown key');
  });
});

describe('settings in a study instead of a file', () => {
  const options = {
    dataset: 'test',
    training: { environments: 1, updates: 1, episodeSteps: 1, rewardScale: 1 },
    sessions: { searchSessions: 10, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 },
    agent: () => ({}),
    reward: () => ({}),
  };
  test('get the same defaults as those of a file', () => {
    const { environment, training, sessions, reports } = filled({ ...options, environment: { capital: 5 } });
    expect(environment).toEqual({ ...environmentDefaults, capital: 5 });
    expect(training).toEqual({ ...options.training, seeds: 1, executor: 'auto' });
    expect(sessions).toEqual({ ...options.sessions, layout: 'anchored', leastActiveShare: 0.2, embargoSessions: 1 });
    expect(reports).toBe(4);
    expect(filled({ ...options, checkpointSeconds: Number.POSITIVE_INFINITY }).checkpointSeconds).toBe(Number.POSITIVE_INFINITY);
  });
  test('may name feature sets of a user, which stay the same objects', () => {
    const own = defineFeatureSet({ id: 'own@1', features: ['one'], start: () => ({ push: (_, out) => void out.fill(1) }) });
    expect(filled({ ...options, features: own }).features).toBe(own);
    expect(featureSetOf(filled({ ...options, features: ['bar-flow@1', own] }).features).id).toBe('bar-flow@1 + own@1');
    expect(() => filled({ ...options, features: { ...own, id: 'own', start: undefined } as never })).toThrow(
      expect.objectContaining({ code: 'config_invalid', place: 'tradingTask', message: expect.stringMatching(/^features: /) }),
    );
  });

  test.each([
    ['training.seeds', { training: { ...options.training, seeds: 65 } }],
    ['sessions.innerSessions', { sessions: { ...options.sessions, innerSessions: 2 } }],
    ['environment.costs.impactBp', { environment: { costs: { transactionBp: 1, impactBp: -1 } } }],
    ['environment.margin', { environment: { margin: 1 } as object }],
  ])('are checked by the same rules: %s', (key, change) => {
    expect(() => filled({ ...options, ...change })).toThrow(
      expect.objectContaining({ code: 'config_invalid', place: 'tradingTask', message: expect.stringContaining(`${key}: `) }),
    );
  });
});

test('a width has the same bounds in a file and as a searched parameter', () => {
  expect(() => checkSacOptions({ hidden: [4097] })).toThrow(expect.objectContaining({ code: 'params_invalid', place: 'sac hidden.0' }));
  expect(() => checkSacOptions({ tua: 0.1 } as object)).toThrow(expect.objectContaining({ place: 'sac tua' }));
  expect(() => tradingConfigSchema('sac').shape.agent.parse({ hidden: [4097] })).toThrow();
});
