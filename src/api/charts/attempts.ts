import type { Db } from '../../storage/database.ts';
import { readChartAttempts, type WorkerAttempts } from '../../storage/readers/chart-attempts.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';

export interface AttemptStore {
  /** Every attempt of a study's trials, in at most two pieces for each worker: of ended trials, and of all others. */
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
        kept.pieces = joined(kept.pieces, read.ended);
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

/** One piece for each worker, however often a study is read while its trials end: small ones cost more than what they hold. */
function joined(pieces: readonly WorkerAttempts[], more: readonly WorkerAttempts[]): readonly WorkerAttempts[] {
  const byWorker = new Map(pieces.map((piece) => [piece.worker, piece]));
  for (const piece of more) {
    const before = byWorker.get(piece.worker);
    byWorker.set(piece.worker, before === undefined ? piece : appended(before, piece));
  }
  return [...byWorker.values()];
}

function appended(before: WorkerAttempts, more: WorkerAttempts): WorkerAttempts {
  const n = before.numbers.length + more.numbers.length;
  const column = <Column extends Int32Array | Float64Array>(all: Column, of: (piece: WorkerAttempts) => Column): Column => {
    all.set(of(before));
    all.set(of(more), before.numbers.length);
    return all;
  };
  return {
    worker: before.worker,
    numbers: column(new Int32Array(n), ({ numbers }) => numbers),
    attempts: column(new Int32Array(n), ({ attempts }) => attempts),
    started: column(new Float64Array(n), ({ started }) => started),
    ended: column(new Float64Array(n), ({ ended }) => ended),
    endings: column(new Int32Array(n), ({ endings }) => endings),
  };
}

function bytesOf({ numbers, attempts, started, ended, endings }: WorkerAttempts): number {
  return numbers.byteLength + attempts.byteLength + started.byteLength + ended.byteLength + endings.byteLength;
}
