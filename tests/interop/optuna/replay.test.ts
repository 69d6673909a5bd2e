import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaServer } from '../../fixtures/optuna.ts';
import { golden, optunaClient } from '../../fixtures/optuna-client.ts';

const database = useDatabase();

interface Exchange {
  readonly rpc: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly reply?: Readonly<Record<string, unknown>>;
  readonly status?: string;
}

const { exchanges } = JSON.parse(readFileSync(golden('optuna-rpc.json'), 'utf8')) as { exchanges: readonly Exchange[] };

/** Ids that one server gave for those of the other. */
type Ids = Readonly<Record<'study_id' | 'trial_id', Map<string, string>>>;

/** Rewrites ids anywhere in a message; `trial_id_greater_than` and `included_trial_ids` are ids of trials. */
function withIds(message: unknown, ids: Ids): unknown {
  if (Array.isArray(message)) return message.map((one) => withIds(one, ids));
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => {
      if (key === 'study_id' || key === 'trial_id') return [key, ids[key].get(String(value)) ?? value];
      if (key === 'trial_id_greater_than') return [key, ids.trial_id.get(String(value)) ?? value];
      if (key === 'included_trial_ids') return [key, (value as readonly string[]).map((id) => ids.trial_id.get(id) ?? id)];
      return [key, withIds(value, ids)];
    }),
  );
}

/** Times of the server itself say only that there is one; lists in the order of ids. */
function comparable(message: unknown): unknown {
  if (Array.isArray(message)) {
    const byId = (one: unknown): number =>
      Number((one as { trial_id?: string; study_id?: string }).trial_id ?? (one as { study_id?: string }).study_id);
    const list = message.map(comparable);
    return typeof list[0] === 'object' ? list.toSorted((a, b) => byId(a) - byId(b)) : list;
  }
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => [key, key.startsWith('datetime_') ? 'a time' : comparable(value)]),
  );
}

test("every recorded call of Optuna's client is answered as its own server answers it", async () => {
  const server = await optunaServer(database.db);
  const client = optunaClient(server.port);
  const ours: Ids = { study_id: new Map(), trial_id: new Map() };
  const theirs: Ids = { study_id: new Map(), trial_id: new Map() };
  for (const [index, { rpc, request, reply, status }] of exchanges.entries()) {
    const answer = await client.call(rpc, withIds(request, ours) as object);
    const place = `call ${index}: ${rpc} ${JSON.stringify(request)}`;
    if (status !== undefined) {
      expect(answer.status, place).toBe(status);
      continue;
    }
    expect(answer.status, `${place}: ${answer.details}`).toBeUndefined();
    if (rpc.startsWith('CreateNew'))
      for (const key of ['study_id', 'trial_id'] as const) {
        const [given, recorded] = [answer.reply[key] as string | undefined, reply?.[key] as string | undefined];
        if (given === undefined || recorded === undefined) continue;
        ours[key].set(recorded, given);
        theirs[key].set(given, recorded);
      }
    expect(comparable(withIds(answer.reply, theirs)), place).toEqual(comparable(reply));
  }
  client.close();
  await server.close();
  expect(server.faults).toEqual([]);
  expect(exchanges.length).toBeGreaterThan(80);
});
