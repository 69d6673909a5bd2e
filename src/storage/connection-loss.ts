/**
 * Codes of broken sockets. On the server's side these are SQLSTATE 08 and 57P (going down, coming up) and 25P (a session that idled too
 * long).
 */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** True if the connection failed, not the query. */
export function isConnectionLoss(error: unknown): boolean {
  const root = rootOf(error);
  if (!(root instanceof Error)) return false;
  if ('code' in root && typeof root.code === 'string') {
    if (root.code === 'database_unavailable') return true;
    return socketCodes.has(root.code) || /^(08|57P0[1-5]|25P0[34])/.test(root.code);
  }
  // The driver's own errors have no code.
  return /^Connection terminated|^Client has encountered a connection error|timeout exceeded when trying to connect|^timeout expired$/.test(
    root.message,
  );
}

/**
 * True if the error comes from this machine and not from the database: a lost connection, or any failure of the system on the way to it,
 * such as a socket that may not be opened.
 */
export function isWithoutAnswer(error: unknown): boolean {
  const root = rootOf(error);
  return isConnectionLoss(root) || (root instanceof Error && 'syscall' in root);
}

/** Innermost cause: drizzle wraps the driver's error. */
export function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}
