/** Sockets that broke or found nobody, and the server's own words for going down or coming up (SQLSTATE 08, 57P) or for ending a session that was idle too long (25P). */
const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);

/** Whether an error says that the connection, and not the query, is to blame. */
export function isConnectionLoss(error: unknown): boolean {
  const root = rootOf(error);
  if (!(root instanceof Error)) return false;
  if ('code' in root && typeof root.code === 'string') {
    if (root.code === 'database_unavailable') return true;
    return socketCodes.has(root.code) || /^(08|57P0[1-5]|25P0[34])/.test(root.code);
  }
  // The driver's own words have no code.
  return /^Connection terminated|^Client has encountered a connection error|timeout exceeded when trying to connect|^timeout expired$/.test(
    root.message,
  );
}

/** Drizzle wraps the driver's error; the innermost one names the reason. */
export function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}
