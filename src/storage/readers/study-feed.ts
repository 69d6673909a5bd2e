import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import type { StudyChanges } from '../study-changes.ts';
import { type ChangesOptions, type ChangesPage, changesSince } from './changes-since.ts';

/** What all who follow studies over one database share: however many follow one study, a change or a look by the clock is one query. */
export interface StudyFeed {
  /** Rings when the study changed or may have, and from time to time, for announcements that got lost. Returns how to leave. */
  readonly join: (id: StudyId, ring: () => void) => () => void;
  /** As {@link changesSince}. Between two rings everybody at one position gets the same page. */
  readonly changesSince: (id: StudyId, since: string | null, options: ChangesOptions) => Promise<ChangesPage>;
}

/** Announcements ring at once; this is for those that got lost. */
const slowestPollMs = 5000;
const fastestPollMs = 1000;

interface Followed {
  readonly rings: Set<() => void>;
  /** Since the last ring, by position and length. */
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
      // A function of its own: the same ring may join twice.
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
        // Whoever asks next tries again.
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

/** A page as it was asked for: read with parameters, which not everybody wants. */
function asAsked(page: ChangesPage, withParams: boolean): ChangesPage {
  const trials = page.trials.map(({ params, ...trial }) => ({ ...trial, ...(withParams && params !== undefined && { params }) }));
  return { ...page, trials };
}
