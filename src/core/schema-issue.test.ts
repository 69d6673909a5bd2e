import { expect, test } from 'vitest';
import { z } from 'zod';
import { settingFault } from './schema-issue.ts';

const schema = z.strictObject({
  updates: z.int().min(1),
  share: z.number().min(0).max(1).default(0.5),
  scale: z.number().gt(0).optional(),
  kind: z.enum(['sac', 'ppo']).default('sac'),
  hidden: z.array(z.int().min(1).max(4096)).optional(),
  inner: z.strictObject({ on: z.boolean() }).prefault({ on: true }),
});

test.each([
  [{ updates: 'ten' }, ['updates'], 'it takes a whole number from 1, not "ten"', undefined],
  [{ updates: 0 }, ['updates'], 'it takes a whole number from 1, not 0', undefined],
  [{ updates: Number.NaN }, ['updates'], 'it takes a whole number from 1, not NaN', undefined],
  [{}, ['updates'], 'missing; it takes a whole number from 1', undefined],
  [{ updates: 1, share: 2 }, ['share'], 'it takes a number from 0 to 1, not 2', undefined],
  [{ updates: 1, scale: 0 }, ['scale'], 'it takes a number above 0, not 0', undefined],
  [{ updates: 1, kind: 'dqn' }, ['kind'], 'it takes one of sac, ppo, not "dqn"', undefined],
  [{ updates: 1, hidden: [32, 0.5] }, ['hidden', '1'], 'it takes a whole number from 1 to 4096, not 0.5', undefined],
  [{ updates: 1, inner: { on: 1 } }, ['inner', 'on'], 'it takes true or false, not 1', undefined],
  [{ updatez: 2 }, ['updatez'], 'unknown key', 'did you mean updates?'],
  [{ updates: 1, weather: 2 }, ['weather'], 'unknown key', undefined],
])('%j is explained', (value, keys, because, hint) => {
  expect(settingFault(schema, value, schema.safeParse(value).error!)).toEqual({ keys, because, hint });
});
