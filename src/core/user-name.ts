import { userInfo } from 'node:os';

/** Who runs this process: the operating system's word for it. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in /etc/passwd, as containers have them.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
