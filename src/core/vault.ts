import { AssayError } from './errors.ts';

/** Sessions at the end of a data set that are kept from everything but one look, by their times in epoch milliseconds. */
export interface Vault {
  /** Name of the data set. */
  readonly dataset: string;
  /** Hash of its content. */
  readonly hash: string;
  /** Number of sessions. */
  readonly sessions: number;
  /** Start of their first bar. */
  readonly fromMs: number;
  /** End of their last bar, exclusive. */
  readonly untilMs: number;
}

/** The error of code that asks for the vault. */
export function vaultClosed(what: string, { fromMs }: Pick<Vault, 'fromMs'>): AssayError {
  return new AssayError('conflict', `${what} reaches into the vault, the sessions from ${new Date(fromMs).toISOString()}`, {
    hint: "nothing reads them but `assay vault open '<study>#<n>' --reason …`, once, after all other gates passed; sessions.vaultSessions says how many there are",
  });
}
