import type { Database } from 'node-sqlite3-wasm';

export type { Database as SqliteDatabase };

/**
 * Opens a file of SQLite by a build of it that runs on every Node. It locks by a folder of its own beside the file, which no other program looks
 * at, and rolls back no journal that another program left: open only files that no other program has open.
 */
export async function openSqlite(path: string): Promise<Database> {
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const database = new sqlite.Database(path);
  // Without it a file with a write-ahead log would need memory that processes share.
  database.exec('pragma locking_mode = exclusive');
  return database;
}
