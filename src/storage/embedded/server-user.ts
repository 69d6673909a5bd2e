import { type SpawnOptions, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { embeddedError } from './embedded-error.ts';

/** User that the server runs as. PostgreSQL refuses uid 0, so root switches to another user. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** `switch`: become that user. `keep-access`: also keep the right to enter any directory. */
  readonly mode: 'self' | 'switch' | 'keep-access';
}

export interface UserCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'>;
}

/**
 * Chooses the user that the server runs as.
 * @param owner of the database directory (undefined: there is none yet)
 * @param paths that the user must be able to read; a checkout below /root (mode 0700) is closed to others
 */
export function serverUser(owner: number | undefined, paths: readonly string[]): ServerUser {
  const own = process.getuid!();
  if (own !== 0) {
    if (owner !== undefined && owner !== own) {
      throw embeddedError(
        `the database belongs to user ${owner}, and you are user ${own}`,
        'run as that user, or use a data directory of your own (ASSAY_DATA_DIR)',
      );
    }
    return { uid: own, gid: process.getgid!(), mode: 'self' };
  }
  if (owner === 0) {
    throw embeddedError(
      'the database directory belongs to root, and PostgreSQL does not run as root',
      'give it to the user postgres (chown -R)',
    );
  }
  const account = unprivilegedAccount(owner);
  for (const mode of ['switch', 'keep-access'] as const) {
    if (canReach({ ...account, mode }, paths)) return { ...account, mode };
  }
  throw embeddedError(
    `the server must run as user ${account.uid}, because PostgreSQL refuses root, and that user cannot reach ${paths.join(' and ')}`,
    'install setpriv (util-linux), move the checkout out of the closed directory, run as an ordinary user',
  );
}

/** Returns the command that starts a program as that user. */
export function commandAs(user: ServerUser, program: string, args: readonly string[]): UserCommand {
  const { uid, gid } = user;
  // The user may have no access to the caller's working directory.
  const cwd = '/';
  switch (user.mode) {
    case 'self':
      return { command: program, args, options: { cwd } };
    case 'switch':
      return { command: program, args, options: { uid, gid, cwd } };
    case 'keep-access': {
      const become = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
      const keep = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
      return {
        command: 'setpriv',
        args: [...become, ...keep, '--', program, ...args],
        options: { cwd },
      };
    }
  }
}

/** True if the user can read the paths; checked by a child process with that user's rights. */
function canReach(user: ServerUser, paths: readonly string[]): boolean {
  const { command, args, options } = commandAs(user, '/bin/sh', ['-c', 'for path do test -x "$path" || exit 1; done', 'sh', ...paths]);
  const result = spawnSync(command, args, { ...options, stdio: 'ignore' });
  const code = (result.error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'EPERM') {
    throw embeddedError(
      'PostgreSQL does not run as root, and this root may not become another user (no CAP_SETUID)',
      'run as an ordinary user',
      result.error,
    );
  }
  return result.status === 0;
}

function unprivilegedAccount(owner: number | undefined): {
  uid: number;
  gid: number;
} {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    // macOS writes -2 for nobody.
    .map(({ name, uid, gid }) => ({ name, uid: uid >>> 0, gid: gid >>> 0 }));
  const found = owner === undefined ? accounts.find(({ name }) => name === 'postgres') : accounts.find(({ uid }) => uid === owner);
  const uid = owner ?? found?.uid ?? 65_534;
  return { uid, gid: found?.gid ?? uid };
}
