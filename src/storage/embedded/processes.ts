import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Identity of a process, distinct from later ones with the same id. */
export interface ProcessInfo {
  readonly pid: number;
  /** Opaque start time; with the id unique to the process. */
  readonly startedAt: string;
  /** Command line; arguments are separated by NUL on Linux, by spaces elsewhere. */
  readonly commandLine: string;
}

/**
 * Returns a running process (undefined: none). A zombie counts as none: it holds no file and no socket, although `kill(pid, 0)`
 * succeeds on it, and it stays for ever below a PID 1 that does not reap (a container without an init).
 */
export function findProcess(pid: number): ProcessInfo | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(['-p', String(pid)])[0];
}

/** Lists the running processes that are visible to this user. */
export function allProcesses(): readonly ProcessInfo[] {
  if (process.platform !== 'linux') return fromPs(['-ax']);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fromProc(Number(name)) ?? []);
}

function fromProc(pid: number): ProcessInfo | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  const commandLine = readProc(`/proc/${pid}/cmdline`);
  if (stat === undefined || commandLine === undefined) return undefined;
  // The second field is the command in brackets and may contain blanks and brackets (proc(5)), so fields are counted after its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || startTicks === undefined || 'ZXx'.includes(state)) return undefined;
  return { pid, startedAt: startTicks, commandLine };
}

/** True if the process does not exist; ESRCH: it ended between open and read. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}

function fromPs(selection: readonly string[]): ProcessInfo[] {
  let output: string;
  try {
    output = execFileSync('ps', [...selection, '-o', 'pid=,stat=,lstart=,command='], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // `ps -p` exits with 1 if there is no such process.
    if ((error as { status?: unknown }).status === 1) return [];
    throw error;
  }
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
    if (match === null || match[2]!.startsWith('Z')) return [];
    return [
      {
        pid: Number(match[1]),
        startedAt: match[3]!.replaceAll(/\W+/g, '-'),
        commandLine: match[4]!,
      },
    ];
  });
}
