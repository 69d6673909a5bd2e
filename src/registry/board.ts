import type { Db } from '../storage/database.ts';
import { type HistoryItem, historyItem, modelHistory, replayModel } from './history.ts';
import { databaseTime } from './ledger.ts';
import { showModel, type VersionItem } from './models.ts';
import { type DecisionRecord, isDecision } from './record.ts';

/** A version with the decision that promoted it. */
export interface BoardCard extends VersionItem {
  /** The newest that promoted it (null: the ledger has none). */
  readonly decision: HistoryItem | null;
  /** Verdicts of that decision. */
  readonly gates: { readonly passed: number; readonly warned: number; readonly refused: number } | null;
  readonly data: readonly { readonly name: string; readonly hash: string }[];
}

export interface Board {
  readonly name: string;
  /** `champion` first. */
  readonly columns: readonly {
    readonly alias: string;
    readonly version: number;
    readonly movedAt: string;
    /** The version that a rollback returns it to (null: none, or it was moved without a record). */
    readonly previous: number | null;
  }[];
  /** The newest first. */
  readonly cards: readonly BoardCard[];
  readonly versions: number;
  readonly ledger: readonly HistoryItem[];
  readonly records: number;
  /** The newest decision on the model, by which a rollback is asked for (null: none names it). */
  readonly lastDecision: HistoryItem | null;
}

const mostCards = 100;
const mostRecords = 100;

/** A model as a board: where its aliases stand, and what every version rests on. @throws AssayError `not_found` */
export async function readBoard(db: Db, model: string): Promise<Board> {
  const { name, aliases, versions, lastDecision } = await showModel(db, model);
  const [{ entries, replayed }, ledger, now] = await Promise.all([
    replayModel(db, model),
    modelHistory(db, model, { limit: mostRecords }),
    databaseTime(db),
  ]);
  const previousOf = (alias: string, version: number): number | null => {
    const named = replayed?.aliases.get(alias)?.named ?? [];
    return named.at(-1) === version ? (named.at(-2) ?? null) : null;
  };
  const cards = versions.slice(0, mostCards).map((version): BoardCard => {
    const found = entries.findLast(({ record }) => isDecision(record) && record.kind !== 'refused' && record.version === version.version);
    if (found === undefined || !isDecision(found.record)) return { ...version, decision: null, gates: null, data: [] };
    return {
      ...version,
      decision: historyItem(found.record, found.sealed, new Date(now)),
      gates: verdictsOf(found.record),
      data: found.record.data,
    };
  });
  return {
    name,
    columns: aliases
      .map(({ alias, version, movedAt }) => ({ alias, version, movedAt, previous: previousOf(alias, version) }))
      .sort((a, b) => Number(b.alias === 'champion') - Number(a.alias === 'champion') || (a.alias < b.alias ? -1 : 1)),
    cards,
    versions: versions.length,
    ledger: ledger.items,
    records: ledger.total,
    lastDecision,
  };
}

function verdictsOf({ verdicts }: DecisionRecord): NonNullable<BoardCard['gates']> {
  const failed = verdicts.filter(({ passed }) => !passed);
  const warned = failed.filter(({ severity }) => severity === 'warn').length;
  return { passed: verdicts.length - failed.length, warned, refused: failed.length - warned };
}
