import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaServer } from '../../fixtures/optuna.ts';
import { type OptunaClient, optunaClient } from '../../fixtures/optuna-client.ts';

const database = useDatabase();
const servers: Awaited<ReturnType<typeof optunaServer>>[] = [];
let [reading, writing]: OptunaClient[] = [];

beforeAll(async () => {
  for (let i = 0; i < 2; i++) servers.push(await optunaServer(database.db));
  [reading, writing] = servers.map(({ port }) => optunaClient(port));
});
afterAll(async () => {
  for (const client of [reading, writing]) client?.close();
  for (const server of servers) {
    await server.close();
    expect(server.faults).toEqual([]);
  }
});

const distribution = JSON.stringify({ name: 'FloatDistribution', attributes: { step: null, low: 0, high: 9, log: false } });

const kinds = ['parameter', 'report', 'user', 'system', 'run', 'giveBack', 'complete'] as const;

/** What a client may write to a trial, whether it waits, runs or has ended. */
const writes: Readonly<Record<(typeof kinds)[number], (trial: string, x: number) => readonly [method: string, request: object]>> = {
  parameter: (trial_id: string, x: number) => [
    'SetTrialParameter',
    { trial_id, param_name: `p${x % 2}`, param_value_internal: x, distribution },
  ],
  report: (trial_id: string, x: number) => ['SetTrialIntermediateValue', { trial_id, step: String(x % 3), intermediate_value: x }],
  user: (trial_id: string, x: number) => ['SetTrialUserAttribute', { trial_id, key: `k${x % 2}`, value: String(x) }],
  system: (trial_id: string, x: number) => ['SetTrialSystemAttribute', { trial_id, key: `k${x % 2}`, value: String(x) }],
  run: (trial_id: string) => ['SetTrialStateValues', { trial_id, state: 'RUNNING' }],
  giveBack: (trial_id: string) => ['SetTrialStateValues', { trial_id, state: 'WAITING' }],
  complete: (trial_id: string, x: number) => ['SetTrialStateValues', { trial_id, state: 'COMPLETE', values: [x] }],
};

const write = fc.record({
  what: fc.constantFrom(...kinds),
  trial: fc.nat(2),
  x: fc.nat(8),
});

test('a server that keeps what it has read answers whatever another one has written since', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 5, maxLength: 15 }), async (steps) => {
      const { reply } = await writing!.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name: crypto.randomUUID() });
      const study_id: string = reply.study_id;
      const trials: string[] = [];
      for (const state of ['RUNNING', 'RUNNING', 'WAITING'])
        trials.push(
          (await writing!.call('CreateNewTrial', { study_id, template_trial: { trial_id: '-1', number: '-1', state } })).reply.trial_id,
        );
      for (const { what, trial, x } of steps) {
        await writing!.call(...writes[what](trials[trial]!, x));
        const seen = await reading!.call('GetTrials', { study_id, trial_id_greater_than: '-1' });
        const each = await Promise.all(trials.map(async (trial_id) => (await writing!.call('GetTrial', { trial_id })).reply.trial));
        const byId = new Map((seen.reply.trials as readonly (typeof reply)[]).map((one) => [one.trial_id, one]));
        expect(trials.map((id) => byId.get(id))).toEqual(each);
        expect(byId.size).toBe(trials.length);
      }
    }),
    { numRuns: Number(process.env['ASSAY_TEST_RUNS'] ?? 8) },
  );
});
