import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import type { StudyChanges } from '../study-changes.ts';
import { type ChangesOptions, type ChangesPage, changesSince } from './changes-since.ts';

/** Changes shared by all followers of studies over one database: one query for each change or poll, for any number of followers. */
export interface StudyFeed {
  /**
   * Calls back when the study changed or may have, and periodically in case an announcement was lost. Returns a function that unsubscribes.
   */
  readonly join: (id: StudyId, ring: () => void) => () => void;
  /** Like {@link changesSince}. Between two callbacks, calls with the same position share a page. */
  readonly changesSince: (id: StudyId, since: string | null, options: ChangesOptions) => Promise<ChangesPage>;
}

/** Poll interval, for announcements that were lost. */
const slowestPollMs = 5000;
const fastestPollMs = 1000;

interface Followed {
  readonly rings: Set<() => void>;
  /** Pages since the last callback, by position and length. */
  readonly pages: Map<string, Promise<ChangesPage>>;
  readonly poll: NodeJS.Timeout;
}

export function createStudyFeed(db: Db, changes: StudyChanges): StudyFeed {
  const followed = new Map<StudyId, Followed>();

  const begin = (id: StudyId): Followed => {
    const study = {
      rings: new Set<() => void>(),
      pages: new Map<string, Promise<ChangesPage>>(),
      poll: setInterval(() => ringAll(study), changes.announced ? slowestPollMs : fastestPollMs),
    };
    followed.set(id, study);
    return study;
  };

  return {
    join: (id, ring) => {
      const study = followed.get(id) ?? begin(id);
      // A new function, as the same callback may subscribe twice.
      const own = (): void => ring();
      study.rings.add(own);
      const unsubscribe = changes.onChange([id], () => {
        study.pages.clear();
        own();
      });
      return () => {
        unsubscribe();
        study.rings.delete(own);
        if (study.rings.size > 0) return;
        clearInterval(study.poll);
        followed.delete(id);
      };
    },
    changesSince: async (id, since, { limit, params = false }) => {
      const pages = followed.get(id)?.pages ?? new Map<string, Promise<ChangesPage>>();
      const key = `${since}/${limit}`;
      const known = pages.get(key);
      const page = known ?? changesSince(db, id, since, { limit, params: true });
      if (known === undefined) {
        pages.set(key, page);
        // The next call tries again.
        void page.catch(() => pages.get(key) === page && pages.delete(key));
      }
      return asAsked(await page, params);
    },
  };
}

function ringAll({ rings, pages }: Followed): void {
  pages.clear();
  for (const ring of rings) ring();
}

/** The page as requested: read with parameters, which are removed if not wanted. */
function asAsked(page: ChangesPage, withParams: boolean): ChangesPage {
  const trials = page.trials.map(({ params, ...trial }) => ({ ...trial, ...(withParams && params !== undefined && { params }) }));
  return { ...page, trials };
}
