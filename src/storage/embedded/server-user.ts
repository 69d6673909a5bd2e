import { type SpawnOptions, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { embeddedError } from './embedded-error.ts';

/** The user a server runs as. PostgreSQL refuses uid 0, so root hands it to another. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** `switch`: become that user. `keep-access`: become it and keep the right to pass directories it may not enter. */
  readonly mode: 'self' | 'switch' | 'keep-access';
}

export interface UserCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'>;
}

/**
 * @param owner of the database directory, undefined where there is none yet
 * @param paths that the user must reach: a checkout below /root (mode 0700) is closed to everybody else
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
      'the database directory belongs to root, as whom PostgreSQL does not run',
      'give it to the user postgres (chown -R)',
    );
  }
  const account = unprivilegedAccount(owner);
  for (const mode of ['switch', 'keep-access'] as const) {
    if (canReach({ ...account, mode }, paths)) return { ...account, mode };
  }
  throw embeddedError(
    `user ${account.uid}, as whom it would run because PostgreSQL refuses root, cannot reach ${paths.join(' and ')}`,
    'install setpriv (util-linux), move the checkout out of the closed directory, run as an ordinary user',
  );
}

/** How to start a program as that user. */
export function commandAs(user: ServerUser, program: string, args: readonly string[]): UserCommand {
  const { uid, gid } = user;
  // The caller's working directory may be one that the user cannot enter.
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

/** Asks the kernel itself, by a child that runs as the user would. */
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
