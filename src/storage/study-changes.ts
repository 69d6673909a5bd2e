import type { Pool } from 'pg';
import type { StudyId } from '../search/study/storage.ts';
import { withAnswerLimit } from './answer-limit.ts';

/** The channel on which a trigger announces every new revision of a study, as `{ study, revision }`. */
const channel = 'assay_study';

export interface StudyChanges {
  /** False if changes are not announced and followers must poll. */
  readonly announced: boolean;
  /**
   * Calls back when one of these studies (null: any) has changed, or may have while the session was lost. Returns a function that
   * unsubscribes.
   */
  readonly onChange: (studies: readonly StudyId[] | null, listener: () => void) => () => void;
  /** A second call does nothing. */
  readonly close: () => void;
}

/** For processes without a session to listen on. */
export const unannounced: StudyChanges = { announced: false, onChange: () => () => undefined, close: () => undefined };

export interface ListenOptions {
  /** Interval of a query on the listening session, which otherwise never notices a lost peer. */
  readonly askMs?: number;
  /** Limit of its answer. */
  readonly answerMs?: number;
}

/**
 * Listens for changes of studies on one session, shared by the process. A session that breaks or does not answer is replaced after a pause;
 * announcements meanwhile are lost, so every listener is called then, and followers also poll from time to time.
 * @param sessions where to get a session (null: there is none)
 * @param retryMs pause before a broken session is replaced
 */
export async function listenForChanges(
  sessions: Pool | null,
  retryMs = 1000,
  { askMs = 30_000, answerMs = 10_000 }: ListenOptions = {},
): Promise<StudyChanges> {
  if (sessions === null) return unannounced;
  const listeners = new Set<(study: StudyId | null) => void>();
  let release = (): void => undefined;
  let retry: NodeJS.Timeout | undefined;
  let asking: NodeJS.Timeout | undefined;
  let closed = false;

  const listen = async (): Promise<void> => {
    const client = await sessions.connect();
    let broken = false;
    const onBreak = (): void => {
      if (broken) return;
      broken = true;
      clearTimeout(asking);
      client.release(true);
      release = () => undefined;
      listenAgain();
    };
    const ask = (statement: string): Promise<unknown> => withAnswerLimit(answerMs, () => client.query(statement)).catch(onBreak);
    const keepAsking = (): void => {
      asking = setTimeout(() => void ask('select 1').then(() => broken || keepAsking()), askMs);
    };
    client.on('error', onBreak);
    client.on('notification', ({ payload }) => {
      const study = studyIn(payload);
      for (const listener of listeners) listener(study);
    });
    release = () => {
      broken = true;
      release = () => undefined;
      client.release(true);
    };
    await ask(`listen ${channel}`);
    if (closed) release();
    if (broken) return;
    keepAsking();
    for (const listener of listeners) listener(null);
  };
  const listenAgain = (): void => {
    if (closed) return;
    retry = setTimeout(() => void listen().catch(listenAgain), retryMs);
  };

  await listen();
  return {
    announced: true,
    onChange: (studies, listener) => {
      const hear = (study: StudyId | null): void => {
        if (study === null || studies === null || studies.includes(study)) listener();
      };
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    close: () => {
      closed = true;
      clearTimeout(retry);
      clearTimeout(asking);
      release();
    },
  };
}

/** Parses an announcement (null: it may be about any study). Any user of the database can send on the channel, so no text may throw. */
function studyIn(payload = ''): StudyId | null {
  try {
    const said: unknown = JSON.parse(payload);
    return typeof said === 'object' && said !== null && 'study' in said && typeof said.study === 'number' ? said.study : null;
  } catch {
    return null;
  }
}
