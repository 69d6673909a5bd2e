import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { StudyDescription } from '../../src/search/study/storage.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { freezeGroup, liftFreeze, recordVerdict } from '../../src/storage/commands/freeze.ts';
import { pauseTrial } from '../../src/storage/commands/pause-trial.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { resumeTrial } from '../../src/storage/commands/resume-trial.ts';
import { listFreezes, readFreezes } from '../../src/storage/readers/freezes.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { untilRow, useDatabase } from '../fixtures/database.ts';

const database = useDatabase({ poolSize: 8 });
/** Two processes: each with a memory of its own. */
const workers = () => [createStorage(database.db), createStorage(database.db)] as const;

let groups = 0;

/** A group of its own: `works` is the one that goes on, `waits` another. */
async function group(change: Partial<StudyDescription> = {}) {
  const name = `group-${++groups}`;
  const [storage] = workers();
  const works = await storage.open(describeStudy({ name: `${name}-works`, group: name, budget: { trials: 9 } }));
  const waits = await storage.open(describeStudy({ name: `${name}-waits`, group: name, budget: { trials: 9 }, ...change }));
  return {
    name,
    works,
    waits,
    freeze: () => freezeGroup(database.db, { group: name, study: works.name, policy: 'dual-ticker', by: 'ann' }),
  };
}

const request = (...studies: readonly number[]) => ({ studies, worker: 'w', leaseMs: 60_000 });
const thawed = { group: null, freeze: null };

test('a frozen study gives no trial to any worker: neither a new one, nor a queued one, nor one that returned to the queue', async () => {
  const { works, waits, freeze, name } = await group();
  const [a, b] = workers();
  const running = await a.take(request(waits.id));
  const released = await a.take(request(waits.id));
  if (running.kind !== 'taken' || released.kind !== 'taken') throw new Error('nothing was taken');
  expect(await a.ask(waits.id)).toMatchObject({ kind: 'queued' });

  await freeze();

  expect(await a.release(released.claimed.lease)).toBe('alive');
  for (const worker of [a, b]) {
    expect(await worker.ask(waits.id)).toEqual({ kind: 'frozen' });
    expect(await worker.claim(request(waits.id))).toBeNull();
    expect(await worker.take(request(waits.id))).toEqual({ kind: 'none', open: true, paused: [], frozen: [waits.name] });
  }
  // What works goes on, also for a worker that serves both.
  expect(await b.take(request(waits.id, works.id))).toMatchObject({ kind: 'taken', claimed: { study: works.id } });
  // What runs ends as it is.
  expect(await a.report(running.claimed.lease, { step: 1, value: 1 })).toMatchObject({ lease: 'alive', cancelled: false, pausing: false });
  expect(await a.finish(running.claimed.lease, { kind: 'complete', value: 1, metrics: {} })).toBe('alive');

  await liftFreeze(database.db, { group: name, reason: 'the idea was wrong', by: 'bob' });
  expect(await b.take(request(waits.id))).toMatchObject({ kind: 'taken', claimed: { number: released.claimed.number } });
});

test.each(['claim', 'take'] as const)('a %s that waits while the freeze commits takes nothing', async (verb) => {
  const { works, waits, name } = await group();
  const [a, b] = workers();
  if (verb === 'claim') expect(await a.ask(waits.id)).toMatchObject({ kind: 'queued' });
  let taken: Promise<unknown> | undefined;
  await database.db.transaction(async (tx) => {
    await freezeGroup(tx, { group: name, study: works.name, policy: 'dual-ticker', by: 'ann' });
    // Not committed: the other worker sees a study that is open, and waits for its row.
    taken = b[verb](request(waits.id));
    await untilRow(
      database,
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'studies'`,
    );
  });
  expect(await taken).toEqual(verb === 'claim' ? null : { kind: 'none', open: false, paused: [], frozen: [waits.name] });
  expect((await showStudy(database.db, waits.name)).counts).toMatchObject({ running: 0 });
});

test('a worker whose statements know of no freeze is refused by the database', async () => {
  const { waits, freeze } = await group();
  const [a] = workers();
  await a.ask(waits.id);
  await freeze();
  const begin = sql`update trials set state = 'running', attempt = 1, worker = 'old', started_at = now(), lease_token = gen_random_uuid(), lease_ms = 1000,
    lease_expires_at = now() + interval '1 s' where study_id = ${waits.id}`;
  await expect(database.db.execute(begin)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('the study is frozen') as string },
  });
  const join = sql`insert into trials (study_id, number, params, seed, revision) values (${waits.id}, 1, '{}', 1, 1)`;
  await expect(database.db.execute(join)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('the study is frozen') as string },
  });
});

test('orders to a frozen study are conflicts that say why; what takes work away is carried out', async () => {
  const { waits, works, freeze, name } = await group();
  const { db } = database;
  const [a] = workers();
  await a.ask(waits.id);
  await pauseTrial(db, waits.id, 0, 'ann');
  await freeze();
  const why = {
    code: 'conflict',
    message: expect.stringContaining(
      `study ${waits.name} is frozen: group ${name} waits until a trial of study ${works.name} passes the gates of dual-ticker (frozen by ann, `,
    ) as string,
    hint: expect.stringContaining(`assay freeze lift ${name}`) as string,
  };
  await expect(enqueue(db, waits.id, { params: {}, drawsRest: true, idempotencyKey: randomUUID() })).rejects.toMatchObject(why);
  await expect(a.recordResult(waits.id, { params: { x: 0.5 }, values: [1], by: 'w', idempotencyKey: randomUUID() })).rejects.toMatchObject(
    why,
  );
  await expect(resumeTrial(db, waits.id, 0)).rejects.toMatchObject(why);
  await expect(controlStudy(db, waits.id, 'resume', 'ann')).rejects.toMatchObject(why);
  expect(await controlStudy(db, waits.id, 'stop', 'ann')).toMatchObject({ desiredState: 'stopped', cancelled: 1 });
  expect(await a.take(request(waits.id))).toEqual({ kind: 'none', open: false, paused: [] });
});

test('readers show the freeze and its history; lifting needs a reason, and leaves none of it behind', async () => {
  const { works, waits, freeze, name } = await group();
  const { db } = database;
  expect(await showStudy(db, waits.name)).toMatchObject({ state: 'idle', group: name, freeze: null });
  await freeze();
  const shown = { study: works.name, policy: 'dual-ticker', by: 'ann' };
  expect(await showStudy(db, waits.name)).toMatchObject({ state: 'frozen', freeze: { ...shown, holds: true } });
  expect(await showStudy(db, works.name)).toMatchObject({ state: 'idle', freeze: { ...shown, holds: false } });
  // The same order again finds the same freeze.
  await freeze();
  expect(await listFreezes(db)).toEqual(
    expect.arrayContaining([expect.objectContaining({ group: name, holds: [waits.name], state: 'frozen', verdicts: [] })]),
  );
  await expect(freezeGroup(db, { group: name, study: waits.name, policy: 'dual-ticker', by: 'eve' })).rejects.toMatchObject({
    code: 'conflict',
  });

  await expect(liftFreeze(db, { group: name, reason: ' ', by: 'bob' })).rejects.toMatchObject({ code: 'usage' });
  await liftFreeze(db, { group: name, reason: 'data was wrong', by: 'bob' });
  expect(await showStudy(db, waits.name)).toMatchObject({ state: 'idle', freeze: null });
  await expect(liftFreeze(db, { group: name, reason: 'again', by: 'bob' })).rejects.toMatchObject({
    code: 'conflict',
    message: `group ${name} is not frozen: bob lifted it (data was wrong)`,
  });
  await freeze();
  const history = await readFreezes(db, name);
  expect(history.map(({ state, lifted }) => [state, lifted?.because])).toEqual([
    ['frozen', undefined],
    ['lifted', 'data was wrong'],
  ]);
  await expect(readFreezes(db, `${name}x`)).rejects.toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining(`did you mean ${name}`) as string,
  });
});

const verdict = (group: string, trial: string, passed: boolean) => ({
  group,
  trial,
  passed,
  policy: 'dual-ticker',
  reason: passed ? 'every gate passed' : 's1-return: 0.4 % < 1 %',
  verdicts: [{ gate: 's1-return', passed }],
  by: 'ann',
});

test('red is recorded and keeps the freeze; green lifts it and opens the declared next study', async () => {
  const { works, waits, freeze, name } = await group();
  const { db } = database;
  const [a] = workers();
  await freeze();
  for (let times = 0; times < 2; times++) await recordVerdict(db, { ...verdict(name, `${works.name}#0`, false), next: null });
  expect((await readFreezes(db, name))[0]).toMatchObject({
    state: 'frozen',
    verdicts: [{ colour: 'red', reason: 's1-return: 0.4 % < 1 %', opened: null }],
  });
  expect((await readFreezes(db, name))[0]?.verdicts).toHaveLength(1);
  expect(await a.ask(waits.id)).toEqual({ kind: 'frozen' });

  const next = describeStudy({ name: `${name}-next`, group: name, budget: { trials: 2 } });
  await recordVerdict(db, { ...verdict(name, `${works.name}#1`, true), next: { name: next.name, description: next } });
  expect((await readFreezes(db, name))[0]).toMatchObject({
    state: 'lifted',
    lifted: { by: 'ann', because: `green: ${works.name}#1 passes the gates of dual-ticker` },
    verdicts: [{ colour: 'red' }, { colour: 'green', trial: `${works.name}#1`, opened: next.name }],
  });
  const opened = await showStudy(db, next.name);
  expect(opened).toMatchObject({ state: 'idle', freeze: null });
  expect(await a.ask(waits.id)).toMatchObject({ kind: 'queued' });
  // A stored study is opened as it is, also if it was paused before.
  await freeze();
  const paused = await a.open(describeStudy({ name: `${name}-later`, group: name }));
  await controlStudy(db, paused.id, 'pause', 'ann');
  await recordVerdict(db, { ...verdict(name, `${works.name}#2`, true), next: { name: paused.name, description: null } });
  expect(await showStudy(db, paused.name)).toMatchObject({ state: 'idle', desiredState: 'open' });
});

test('a verdict on another study than the freeze waits for changes nothing', async () => {
  const { waits, freeze, name } = await group();
  await freeze();
  for (const passed of [true, false])
    await expect(recordVerdict(database.db, { ...verdict(name, `${waits.name}#0`, passed), next: null })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`the verdict is on ${waits.name}`) as string,
    });
  expect((await readFreezes(database.db, name))[0]).toMatchObject({ state: 'frozen', verdicts: [] });
});

test('a green verdict whose next study cannot be opened changes nothing', async () => {
  const { works, waits, freeze, name } = await group();
  await freeze();
  await expect(
    recordVerdict(database.db, { ...verdict(name, `${works.name}#0`, true), next: { name: 'nowhere', description: null } }),
  ).rejects.toMatchObject({ code: 'not_found' });
  expect((await readFreezes(database.db, name))[0]).toMatchObject({ state: 'frozen', holds: [waits.name], verdicts: [] });
});

test('a freeze outlives the studies that it names, and holds what joins the group or takes another name', async () => {
  const { works, waits, freeze, name } = await group();
  const { db } = database;
  const [a] = workers();
  await freeze();
  await removeStudy(db, works.id);
  await removeStudy(db, waits.id);
  expect((await readFreezes(db, name))[0]).toMatchObject({ state: 'frozen', study: works.name, holds: [] });
  const joined = await a.open(describeStudy({ name: `${name}-new`, group: name }));
  expect(await a.ask(joined.id)).toEqual({ kind: 'frozen' });
  // Under the name of the study that works it would go on; so does a study that takes that name.
  const again = await a.open(describeStudy({ name: works.name, group: name }));
  expect(await a.ask(again.id)).toMatchObject({ kind: 'queued' });
  await db.execute(sql`update studies set name = ${`${name}-renamed`} where id = ${again.id}`);
  expect(await a.ask(again.id)).toEqual({ kind: 'frozen' });
});

test('no study leaves its group while that is frozen', async () => {
  const { works, waits, freeze, name } = await group();
  const [a] = workers();
  await freeze();
  for (const { name: study } of [works, waits])
    await expect(a.open(describeStudy({ name: study, budget: { trials: 9 } }))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`study ${study} cannot leave its group: group ${name} waits`) as string,
    });
  await liftFreeze(database.db, { group: name, reason: 'done', by: 'bob' });
  await a.open(describeStudy({ name: waits.name, budget: { trials: 9 } }));
  expect(await showStudy(database.db, waits.name)).toMatchObject(thawed);
});

test('a study of no group, or of another, cannot work for the group', async () => {
  const { name, works } = await group();
  const other = await group();
  const freeze = (study: string) => freezeGroup(database.db, { group: name, study, policy: 'dual-ticker', by: 'ann' });
  await expect(freeze(other.works.name)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`in group ${other.name}`) as string,
  });
  await expect(freeze(`${works.name}x`)).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['is lifted once', `update freezes set lifted_because = 'never mind' where group_name = '%'`],
  ['keeps what it says', `update freezes set study = 'other' where group_name = '%'`],
  ['is not removed', `delete from freezes where group_name = '%'`],
  ['keeps its verdicts', `update freeze_verdicts set colour = 'green' where trial like '%-works#0'`],
])('a freeze %s, whoever writes', async (_, statement) => {
  const { name, works, freeze } = await group();
  await freeze();
  await recordVerdict(database.db, { ...verdict(name, `${works.name}#0`, false), next: null });
  if (statement.includes('lifted_because')) await liftFreeze(database.db, { group: name, reason: 'done', by: 'bob' });
  await expect(database.db.execute(sql.raw(statement.replace('%', name)))).rejects.toMatchObject({
    cause: { message: expect.stringContaining('its rows are final') as string },
  });
});
