import type { Pool } from 'pg';
import type { StudyId } from '../search/study/storage.ts';
import { withAnswerLimit } from './answer-limit.ts';

/** The channel on which a trigger announces every new revision of a study, as `{ study, revision }`. */
const channel = 'assay_study';

export interface StudyChanges {
  /** False where nothing is announced, and whoever waits has to look. */
  readonly announced: boolean;
  /** Calls back when one of these studies (null: any) has changed, or may have while nobody listened. Returns how to unsubscribe. */
  readonly onChange: (studies: readonly StudyId[] | null, listener: () => void) => () => void;
  /** A second call does nothing. */
  readonly close: () => void;
}

/** For whoever has no session to listen on. */
export const unannounced: StudyChanges = { announced: false, onChange: () => () => undefined, close: () => undefined };

export interface ListenOptions {
  /** A session that only listens never learns that the other side is gone, so it asks something this often. */
  readonly askMs?: number;
  /** How long it waits for the answer. */
  readonly answerMs?: number;
}

/**
 * Listens for changes of studies on a session of its own, which all who wait in this process share. A session that breaks, or that gives no
 * answer when it is asked, is replaced after a pause; what was announced meanwhile is lost, so every listener is called then, and whoever
 * waits also looks from time to time.
 * @param sessions null: there is no session to listen on
 * @param retryMs before a session that broke is replaced
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

/** Null: it may mean any. Whoever may connect to the database can say something on the channel, and no word may end the process that hears it. */
function studyIn(payload = ''): StudyId | null {
  try {
    const said: unknown = JSON.parse(payload);
    return typeof said === 'object' && said !== null && 'study' in said && typeof said.study === 'number' ? said.study : null;
  } catch {
    return null;
  }
}
