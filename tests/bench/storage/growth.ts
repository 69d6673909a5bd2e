import { sql } from 'drizzle-orm';
import type { Connection } from '../../../src/storage/connect.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { listCost, pageCost, readingCosts } from './history.ts';
import { searchDescription } from './load.ts';
import { endToEnd } from './throughput.ts';
import { type Waits, watchWaits } from './waits.ts';

/** Milliseconds by the clock, at so many finished trials in one study. */
export interface HistoryGrowth {
  readonly trials: number;
  readonly best: number;
  readonly coldAsk: number;
  readonly list: number;
  readonly pageByValue: number;
  readonly pageByParam: number;
  /** A trial of one worker that knows the history: taken and finished. */
  readonly trialRandom: number;
  readonly trialTpe: number;
}

/** So many simulated clients on one study, with the random sampler. */
export interface ClientGrowth {
  readonly clients: number;
  readonly perSecond: number;
  /** Cores kept busy. */
  readonly serverCores: number | null;
  readonly clientCores: number;
  readonly waits: Waits;
}

export interface Growth {
  readonly histories: readonly HistoryGrowth[];
  readonly clients: readonly ClientGrowth[];
}

const trialsOfClients = 2000;

/** Up to `most` trials in powers of ten from 1,000, and from 1 to 64 clients. */
export async function growth(connection: Connection, most: number): Promise<Growth> {
  const clients: ClientGrowth[] = [];
  await clientsAt(connection, 0, 4);
  for (let count = 1; count <= 64; count *= 2) clients.push(await clientsAt(connection, trialsOfClients, count));
  const histories: HistoryGrowth[] = [];
  for (let trials = 1000; trials <= most; trials *= 10) histories.push(await historyOf(connection, trials));
  return { histories, clients };
}

async function clientsAt(connection: Connection, trials: number, count: number): Promise<ClientGrowth> {
  const watched = watchWaits(connection.pool.options.connectionString!);
  // The first call warms up.
  const description = searchDescription(`clients-${count}-${trials}`, 'random', 'nop', trials || 500);
  const measured = await endToEnd(connection, description, { workers: count, reports: 0 });
  const cores = (ms: number): number => (ms * measured.perSecond) / 1000;
  return {
    clients: count,
    perSecond: measured.perSecond,
    serverCores: measured.serverMs === null ? null : cores(measured.serverMs),
    clientCores: cores(measured.clientMs),
    waits: await watched.end(),
  };
}

async function historyOf(connection: Connection, trials: number): Promise<HistoryGrowth> {
  const name = `growth-${trials}`;
  const { best, coldAsk } = await readingCosts(connection, name, trials);
  return {
    trials,
    best,
    coldAsk,
    list: await listCost(connection, name),
    pageByValue: await pageCost(connection, name, 'value'),
    pageByParam: await pageCost(connection, name, 'param:x0'),
    trialRandom: await trialCost(connection, name, 'random'),
    trialTpe: await trialCost(connection, name, 'tpe'),
  };
}

/** The median over a quarter of a second, three trials at least, once the first suggestion has read the history. */
async function trialCost({ db }: Connection, name: string, sampler: string): Promise<number> {
  const { rows } = await db.execute<{ id: number }>(sql`update studies set sampler_id = ${sampler} where name = ${name} returning id`);
  const storage = createStorage(db);
  const costs: number[] = [];
  for (const until = { ms: Number.POSITIVE_INFINITY }; costs.length < 4 || performance.now() < until.ms; ) {
    const startedAt = performance.now();
    const taken = await storage.take({ studies: [rows[0]!.id], worker: 'bench', leaseMs: 600_000 });
    if (taken.kind === 'none') throw new Error(`study ${name} takes no more trials`);
    await storage.finish(taken.claimed.lease, { kind: 'complete', value: Math.random(), metrics: {} });
    if (costs.length === 0) until.ms = performance.now() + 250;
    costs.push(performance.now() - startedAt);
  }
  return costs.slice(1).sort((a, b) => a - b)[(costs.length - 1) >> 1]!;
}

const ms = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2));

export function printGrowth({ histories, clients }: Growth, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ histories, clients }, null, 2));
    return;
  }
  const share = (waits: Waits): string =>
    Object.entries(waits)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 4)
      .map(([what, sessions]) => `${what} ${sessions.toFixed(1)}`)
      .join(', ');
  console.log('clients | trials/s | cores of the server | cores of the clients | sessions on average, by what they wait for');
  for (const { clients: count, perSecond, serverCores, clientCores, waits } of clients)
    console.log([count, ms(perSecond), serverCores?.toFixed(2) ?? '-', clientCores.toFixed(2), share(waits)].join(' | '));
  console.log('\ntrials | best, ms | cold ask | study list | page by value | page by a parameter | a trial, random | a trial, tpe');
  for (const { trials, ...measured } of histories)
    console.log([trials.toLocaleString('en'), ...Object.values(measured).map(ms)].join(' | '));
}
