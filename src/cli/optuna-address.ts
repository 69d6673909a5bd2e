import { isLoopback } from '../api/access.ts';
import { AssayError } from '../core/errors.ts';
import type { OptunaListen } from '../interop/optuna/server.ts';

/** The port of Optuna's own storage server, which its client assumes. */
const usualPort = 13_000;

export interface OptunaAddress extends OptunaListen {
  /** True if other machines can reach it. */
  readonly open: boolean;
}

/**
 * Reads `[host:]port`; without either the usual port on this machine. @param given true: the option without a value
 * @throws AssayError `usage`, also for an address that others can reach unless they are to: the client sends no token
 */
export function optunaAddress(given: string | true, opened: boolean): OptunaAddress {
  const match = given === true ? null : /^(?:(?<host>.+):)?(?<port>\d{1,5})$/.exec(given);
  if (given !== true && match === null) throw unreadable(given);
  const host = (match?.groups?.['host'] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1');
  const port = Number(match?.groups?.['port'] ?? usualPort);
  if (port > 65_535) throw unreadable(String(given));
  const open = !isLoopback(host);
  if (open && !opened)
    throw new AssayError('usage', `${host} can be reached from other machines, and clients of Optuna send no token`, {
      place: '--optuna',
      hint: 'whoever reaches the port could read and write every study of theirs; with --optuna-open it is served all the same',
    });
  return { host, port, open };
}

function unreadable(given: string): AssayError {
  return new AssayError('usage', `${JSON.stringify(given)} is no address`, {
    place: '--optuna',
    hint: 'give a port, or host:port: --optuna 13000, --optuna 127.0.0.1:13000, --optuna [::1]:13000',
  });
}
