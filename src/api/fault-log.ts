import { rootOf } from '../storage/connection-loss.ts';
import { problemOf } from './problem.ts';

/** A fault, or a number of faults of one kind. */
export interface FaultLine {
  /** For people: what happened and what to do, on one line; neither a stack nor a statement of SQL. */
  readonly text: string;
  /** The first fault of the line. */
  readonly error: unknown;
  /** How many of the kind the line stands for. */
  readonly n: number;
}

export interface FaultLog {
  readonly add: (error: unknown) => void;
  /** Writes the counts that were not yet logged. */
  readonly close: () => void;
}

const windowMs = 60_000;
/** Number of kinds that are counted separately; all others count as one. */
const mostKinds = 100;

interface Kind {
  readonly timer: NodeJS.Timeout;
  first: unknown;
  n: number;
}

/**
 * Logs the first fault of a kind at once, then once a minute how many more there were: an unreachable database fails every request.
 * A kind is a code of the command line, the class and code of the error behind it, and the line of code that threw it.
 */
export function createFaultLog(write: (line: FaultLine) => void): FaultLog {
  const kinds = new Map<string, Kind>();

  const tell = (name: string): void => {
    const kind = kinds.get(name);
    if (kind === undefined) return;
    if (kind.n === 0) {
      clearInterval(kind.timer);
      kinds.delete(name);
      return;
    }
    write({ text: `${textOf(kind.first)} (${kind.n} more in the last minute)`, error: kind.first, n: kind.n });
    kind.n = 0;
  };

  return {
    add: (error) => {
      const wanted = kindOf(error);
      const name = kinds.has(wanted) || kinds.size < mostKinds ? wanted : 'other';
      const kind = kinds.get(name);
      if (kind === undefined) {
        const timer = setInterval(() => tell(name), windowMs);
        timer.unref();
        kinds.set(name, { timer, first: error, n: 0 });
        write({ text: textOf(error), error, n: 1 });
        return;
      }
      if (kind.n === 0) kind.first = error;
      kind.n += 1;
    },
    close: () => {
      for (const name of [...kinds.keys()]) {
        tell(name);
        clearInterval(kinds.get(name)?.timer);
      }
      kinds.clear();
    },
  };
}

function kindOf(error: unknown): string {
  const root = rootOf(error);
  const { code } = problemOf(error);
  // One kind for all routes.
  if (code !== 'internal' || !(root instanceof Error)) return code;
  const thrownAt = root.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return `${code} ${root.name} ${'code' in root ? String(root.code) : ''} ${thrownAt.trim()}`;
}

const mostCharacters = 200;

/** The message of the error behind all others: what wraps it may hold the statement. */
function textOf(error: unknown): string {
  const { code, detail, hint } = problemOf(error);
  const root = rootOf(error);
  const reason = root instanceof Error ? `${root.name}: ${root.message}` : String(root);
  const said = code === 'internal' ? `a request failed: ${reason}` : detail;
  const line = said.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
  const way = code === 'internal' ? 'with --log json the whole error is logged' : hint;
  return `${code}: ${short}${way === undefined ? '' : `; ${way}`}`;
}
