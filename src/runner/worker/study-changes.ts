import type { Pool } from 'pg';
import type { StudyId } from '../../search/study/storage.ts';

/** The channel on which a trigger announces every new revision of a study, as `{ study, revision }`. */
const channel = 'assay_study';

export interface StudyChanges {
  /** False where nothing is announced, and whoever waits has to look. */
  readonly announced: boolean;
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

/**
 * Listens for changes of the studies (null: of all) on a session of its own. A session that breaks is replaced after a pause; what was
 * announced meanwhile is lost, so whoever listens also looks from time to time.
 * @param sessions null: there is no session to listen on
 */
export async function listenForChanges(sessions: Pool | null, studies: readonly StudyId[] | null, retryMs = 1000): Promise<StudyChanges> {
  if (sessions === null) return { announced: false, onChange: () => () => undefined, close: () => undefined };
  const listeners = new Set<() => void>();
  let release = (): void => undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const listen = async (): Promise<void> => {
    const client = await sessions.connect();
    let broken = false;
    const onBreak = (): void => {
      if (broken) return;
      broken = true;
      client.release(true);
      release = () => undefined;
      listenAgain();
    };
    client.on('error', onBreak);
    client.on('notification', ({ payload }) => {
      const { study } = JSON.parse(payload ?? '{}') as { readonly study?: StudyId };
      if (study !== undefined && (studies === null || studies.includes(study))) for (const listener of listeners) listener();
    });
    release = () => {
      broken = true;
      client.release(true);
    };
    await client.query(`listen ${channel}`).catch(onBreak);
    if (closed) release();
  };
  const listenAgain = (): void => {
    if (closed) return;
    retry = setTimeout(() => void listen().catch(listenAgain), retryMs);
  };

  await listen();
  return {
    announced: true,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      closed = true;
      clearTimeout(retry);
      release();
    },
  };
}
