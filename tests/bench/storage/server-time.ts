import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** Linux counts the time of a process in ticks of this length, whatever the kernel's own clock. */
const tickMs = 10;

/** The processes of a server on this machine. */
export interface ServerProcesses {
  /** Processor time of all of them since they started, ended ones included, in milliseconds. */
  readonly cpuMs: () => number;
}

/** Null where the server runs elsewhere, or where there is no /proc. */
export async function findServer(pool: Pool): Promise<ServerProcesses | null> {
  const { rows } = await pool.query<{ pid: number }>(`select pg_backend_pid() as pid where inet_server_addr() is null`);
  const backend = rows[0] && statOf(rows[0].pid);
  if (backend === undefined || backend === null) return null;
  const postmaster = backend.parent;
  return {
    cpuMs: () => {
      const children = processes().filter(({ parent }) => parent === postmaster);
      const own = statOf(postmaster);
      return children.reduce((sum, { ticks }) => sum + ticks, (own?.ticks ?? 0) + (own?.reapedTicks ?? 0)) * tickMs;
    },
  };
}

interface ProcessStat {
  readonly parent: number;
  readonly ticks: number;
  /** Of children that ended and were waited for. */
  readonly reapedTicks: number;
}

function processes(): readonly ProcessStat[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (statOf(Number(entry)) ?? []) : []));
}

/** Null for a process that is gone. The second field, the name, may hold anything: the others are counted from its end. */
function statOf(pid: number): ProcessStat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent: fields[1]!, ticks: fields[11]! + fields[12]!, reapedTicks: fields[13]! + fields[14]! };
  } catch {
    return null;
  }
}
