import { userInfo } from 'node:os';

/** Name of the operating system's user that runs this process. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in /etc/passwd, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
