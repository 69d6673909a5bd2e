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
  /** A position of `changesSince`. Null: from now on; the first page then has no trials. */
  readonly since: string | null;
  /** What tells of changes, shared by all who follow. */
  readonly changes: StudyChanges;
  /** What all who follow share, made of those changes. Default: one of the follower's own. */
  readonly feed?: StudyFeed | undefined;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** The database does not answer; the follower waits until it does. */
  readonly onAway?: ((error: unknown) => void) | undefined;
}

/** How a study, or the following of it, ended. */
export type FollowEnd = 'complete' | 'stopped' | 'removed' | 'aborted';

/** Changes that come faster are told together. */
const leastPauseMs = 250;

/**
 * What happens to a study, page by page, until it ends. Pages that have piled up come one behind the other, new ones at most four a second;
 * nothing is read while whoever follows is busy with a page.
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
      // A database that does not answer keeps nothing from its end.
      const page = await Promise.race([look(feed, id, position, options), stopped]);
      if (page === 'removed') return 'removed';
      if (page !== 'away') {
        if (page.next !== position) yield page;
        position = page.next;
        if (page.more) continue;
        const end = endOf(page.study);
        if (end !== null) return end;
      }
      // An abort cuts it short.
      await sleep(leastPauseMs, undefined, { signal }).catch(() => undefined);
      await wakeup.wait();
    }
    return 'aborted';
  } finally {
    leave();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Null while more may happen by itself. Trials that somebody paused keep a study from its end, unless it was stopped. */
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
