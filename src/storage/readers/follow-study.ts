import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../core/errors.ts';
import { createWakeup } from '../../core/wakeup.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { databaseFault } from '../database-fault.ts';
import type { StudyChanges } from '../study-changes.ts';
import type { ChangesOptions, ChangesPage } from './changes-since.ts';
import { createStudyFeed, type StudyFeed } from './study-feed.ts';
import type { StudyItem } from './study-item.ts';

export interface FollowOptions extends ChangesOptions {
  /** Position of `changesSince` (null: from now on; the first page then has no trials). */
  readonly since: string | null;
  /** Source of changes, shared by all followers. */
  readonly changes: StudyChanges;
  /** Feed shared by all followers. Default: one for this follower. */
  readonly feed?: StudyFeed | undefined;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** Called when the database does not answer; the follower waits for it. */
  readonly onAway?: ((error: unknown) => void) | undefined;
}

/** How the study, or the iteration, ended. */
export type FollowEnd = 'complete' | 'stopped' | 'removed' | 'aborted';

/** Minimum interval between pages; changes within it are in one page. */
const leastPauseMs = 250;

/**
 * Yields the changes of a study, page by page, until it ends. Pages that are behind follow at once, new ones at most four a second; nothing
 * is read while the consumer handles a page.
 * @throws AssayError as `changesSince`, at the first page
 */
export async function* followStudy(db: Db, id: StudyId, options: FollowOptions): AsyncGenerator<ChangesPage, FollowEnd, undefined> {
  const { since, changes, signal, feed = createStudyFeed(db, changes) } = options;
  const wakeup = createWakeup();
  const leave = feed.join(id, wakeup.notify);
  let stopLooking = (): void => undefined;
  const stopped = new Promise<'away'>((resolve) => {
    stopLooking = () => resolve('away');
  });
  const onAbort = (): void => {
    wakeup.notify();
    stopLooking();
  };
  signal.addEventListener('abort', onAbort);
  try {
    for (let position = since; !signal.aborted; ) {
      wakeup.reset();
      // The iteration can be aborted while the database does not answer.
      const page = await Promise.race([look(feed, id, position, options), stopped]);
      if (page === 'removed') return 'removed';
      if (page !== 'away') {
        if (page.next !== position) yield page;
        position = page.next;
        if (page.more) continue;
        const end = endOf(page.study);
        if (end !== null) return end;
      }
      // Rejected by an abort.
      await sleep(leastPauseMs, undefined, { signal }).catch(() => undefined);
      await wakeup.wait();
    }
    return 'aborted';
  } finally {
    leave();
    signal.removeEventListener('abort', onAbort);
  }
}

/** How the study ended (null: more may happen by itself). Trials that a person paused keep a study open unless it was stopped. */
export function endOf({ state, counts }: StudyItem): 'complete' | 'stopped' | null {
  if (state === 'complete') return state;
  return state === 'stopped' && counts.queued + counts.running === 0 ? state : null;
}

async function look(
  feed: StudyFeed,
  id: StudyId,
  position: string | null,
  { onAway, ...options }: FollowOptions,
): Promise<ChangesPage | 'removed' | 'away'> {
  try {
    return await feed.changesSince(id, position, options);
  } catch (error) {
    if (error instanceof AssayError && error.code === 'not_found') return 'removed';
    if (databaseFault(error)?.code !== 'database_unavailable') throw error;
    onAway?.(error);
    return 'away';
  }
}
