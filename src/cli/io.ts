import type { Readable } from 'node:stream';
import { maskSecrets } from '../core/mask-secrets.ts';
import type { RunEvent } from '../runner/events.ts';

/** Where a command reads and writes. Data goes to `out`, talk to `err`; tests hand in their own. */
export interface Io {
  readonly out: Sink;
  readonly err: Sink;
  readonly in: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Set by `--log json`: talk goes here and not to `err`. */
  log?: EventLog;
}

/** `--log json`: every line of talk as one JSON object (pino's), for log collectors. */
export interface EventLog {
  readonly say: (text: string) => void;
  /** With the event's own fields: `trial`, `attempt`, `outcome`, `durationMs`, `device`, … */
  readonly tell: (event: RunEvent) => void;
  /** @param fields written beside what the error itself says */
  readonly fault: (error: unknown, fields?: Readonly<Record<string, unknown>>) => void;
}

export interface Sink {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Columns of the terminal; without bound where there is none, or where it does not say (0). */
  readonly width: () => number;
  /** Rows of the terminal; absent where nothing says. */
  readonly rows?: () => number;
}

/** The same, with the passwords and keys of every URL that is said on stderr masked. */
export function maskedIo(io: Io): Io {
  return { ...io, err: { ...io.err, write: (text) => io.err.write(maskSecrets(text)) } };
}

export function processIo(): Io {
  // A closed pipe (`assay trial ls s | head -1`) ends the command quietly, as other Unix tools do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return { out: streamSink(process.stdout), err: streamSink(process.stderr), in: process.stdin, env: process.env };
}

function streamSink(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    width: () => (stream.isTTY === true && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY),
    ...(stream.isTTY === true && stream.rows > 0 && { rows: () => stream.rows }),
  };
}
