import type { Db } from '../../storage/database.ts';
import { readChartAttempts, type WorkerAttempts } from '../../storage/readers/chart-attempts.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';

export interface AttemptStore {
  /** Every attempt of a study's trials, in pieces of one worker each. */
  readonly attemptsOf: (study: StudyRow) => Promise<readonly WorkerAttempts[]>;
  readonly bytes: () => number;
}

interface Kept {
  readonly createdAt: number;
  seen: number;
  pieces: readonly WorkerAttempts[];
  turn: Promise<unknown>;
}

/** Keeps the attempts of ended trials, which never change. The study that was not asked for longest is dropped beyond `mostBytes`. */
export function createAttemptStore(db: Db, mostBytes: number): AttemptStore {
  const studies = new Map<number, Kept>();
  const bytes = (): number =>
    [...studies.values()].reduce((sum, { pieces }) => sum + pieces.reduce((all, piece) => all + bytesOf(piece), 0), 0);

  return {
    bytes,
    attemptsOf: ({ id, createdAt }) => {
      const known = studies.get(id);
      const kept =
        known?.createdAt === createdAt.getTime() ? known : { createdAt: createdAt.getTime(), seen: 0, pieces: [], turn: Promise.resolve() };
      // The newest use is last.
      studies.delete(id);
      studies.set(id, kept);
      const turn = kept.turn.then(async () => {
        const read = await readChartAttempts(db, id, kept.seen);
        kept.pieces = [...kept.pieces, ...read.ended];
        kept.seen = read.seen;
        const all = [...kept.pieces, ...read.open];
        for (const [oldest] of studies) if (bytes() > mostBytes) studies.delete(oldest);
        return all;
      });
      // The next request reads whatever this one met.
      kept.turn = turn.catch(() => undefined);
      return turn;
    },
  };
}

function bytesOf({ numbers, attempts, started, ended, endings }: WorkerAttempts): number {
  return numbers.byteLength + attempts.byteLength + started.byteLength + ended.byteLength + endings.byteLength;
}
