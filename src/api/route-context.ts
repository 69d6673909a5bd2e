import type { Db } from '../storage/database.ts';
import type { StudyChanges } from '../storage/study-changes.ts';
import type { Sessions } from './sessions.ts';

/** What a route may use. */
export interface RouteContext {
  readonly db: Db;
  /** Where artifacts lie, unless ASSAY_ARTIFACTS names another store; undefined: as everywhere. */
  readonly dataDir: string | undefined;
  readonly changes: StudyChanges;
  /** Aborted when the server stops: streams end, and clients reconnect. */
  readonly closing: AbortSignal;
  readonly onFault: (error: unknown) => void;
  /** Maximum number of event streams; further requests are answered 503 with `Retry-After`. */
  readonly mostStreams: number;
  /** Whether requests carry a token. */
  readonly withToken: boolean;
  /** Browsers that have shown the token; undefined: there is no token. */
  readonly sessions: Sessions | undefined;
}
