import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What tells a process from a later one with the same number. */
export interface ProcessInfo {
  readonly pid: number;
  /** Opaque; equal only for the same process. */
  readonly startedAt: string;
  /** The command line, arguments separated by NUL on Linux, by spaces elsewhere. */
  readonly commandLine: string;
}

/**
 * A running process, or undefined where there is none. A zombie counts as none: it holds no file and no socket, but `kill(pid, 0)`
 * succeeds on it, and below a PID 1 that does not reap (a container without an init) it stays for ever.
 */
export function findProcess(pid: number): ProcessInfo | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(['-p', String(pid)])[0];
}

/** Every running process that this user may see. */
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
  // The second field is the command in brackets and may hold blanks and brackets itself (proc(5)): count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || startTicks === undefined || 'ZXx'.includes(state)) return undefined;
  return { pid, startedAt: startTicks, commandLine };
}

/** ESRCH is what a read gets when the process ends between open and read. */
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
    // `ps -p` ends with 1 when there is no such process.
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
