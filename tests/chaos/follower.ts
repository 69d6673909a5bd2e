import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { type PersistOptions, persist } from '../../src/runner/worker/persistent-storage.ts';
import { connect } from '../../src/storage/connect.ts';
import type { Db } from '../../src/storage/database.ts';
import { databaseFault } from '../../src/storage/database-fault.ts';
import { type FollowEnd, followStudy } from '../../src/storage/readers/follow-study.ts';
import { studies, trials } from '../../src/storage/schema/index.ts';
import { listenForChanges } from '../../src/storage/study-changes.ts';

/** State of a study as reconstructed from its changes alone. */
interface Heard {
  position: string;
  revision: number;
  number: number;
  readonly states: Map<number, string>;
}

/** Whoever waits longer in the broken network waits for a session that is silent for ever. */
export const patience = { answerMs: 3000, connectMs: 3000 } as const;

const stateOf = ({ state, value }: { readonly state: string; readonly value: number | null }): string => `${state} ${value}`;

/**
 * Follows a study through the broken network until it ends, beginning anew where it stood as often as it must. Resolves to what was skipped,
 * came twice or is not so; `signal` gives up.
 * @param direct straight to the server, past the network
 */
export async function followThrough(
  direct: Db,
  databaseUrl: string,
  name: string,
  { signal, persistence }: { readonly signal: AbortSignal; readonly persistence: PersistOptions },
): Promise<readonly string[]> {
  const heard: Heard = { position: '0', revision: 0, number: 0, states: new Map() };
  const violations: string[] = [];
  for (let end: FollowEnd | 'away' = 'away'; end === 'away'; ) {
    try {
      end = await followOnce(databaseUrl, name, heard, violations, signal);
    } catch (error) {
      if (databaseFault(error) === undefined && !/database_unavailable/.test(String((error as { code?: unknown }).code))) throw error;
    }
    if (end === 'aborted') return [...violations, `${name}: whoever followed it was not told of its end`];
    if (end === 'away') await sleep(100);
  }
  const stored = await persist(
    () =>
      direct
        .select({ number: trials.number, state: trials.state, value: trials.value })
        .from(trials)
        .innerJoin(studies, eq(studies.id, trials.studyId))
        .where(eq(studies.name, name)),
    persistence,
  );
  for (const trial of stored) {
    const known = heard.states.get(trial.number);
    if (known !== stateOf(trial)) violations.push(`${name}#${trial.number} is ${stateOf(trial)}, and whoever followed it heard ${known}`);
  }
  return violations;
}

async function followOnce(
  databaseUrl: string,
  name: string,
  heard: Heard,
  violations: string[],
  signal: AbortSignal,
): Promise<FollowEnd | 'away'> {
  if (signal.aborted) return 'aborted';
  const connection = await connect({ databaseUrl, poolSize: 2, ...patience });
  try {
    const [study] = await connection.db.select({ id: studies.id }).from(studies).where(eq(studies.name, name));
    if (study === undefined) return 'away';
    const changes = await listenForChanges(connection.sessions, 100, { askMs: 2000, answerMs: patience.answerMs });
    try {
      const pages = followStudy(connection.db, study.id, { since: heard.position, limit: 3, changes, signal });
      for (;;) {
        const { value, done } = await pages.next();
        if (done === true) return value;
        for (const { number, revision, ...trial } of value.trials) {
          const later = revision > heard.revision || (revision === heard.revision && number > heard.number);
          if (!later) violations.push(`${name}#${number}: revision ${revision} came after ${heard.revision}`);
          Object.assign(heard, { revision, number });
          heard.states.set(number, stateOf(trial));
        }
        heard.position = value.next;
      }
    } finally {
      changes.close();
    }
  } finally {
    await connection.close();
  }
}
