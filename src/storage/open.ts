import { type Connection, type ConnectOptions, connect } from './connect.ts';
import { migrate } from './migrate.ts';

/**
 * Opens DATABASE_URL or the embedded server, starting it if needed, with the schema of this version. The only entry to a database.
 *
 * @throws AssayError `database_unavailable`; `conflict` if the schema is newer than the code
 */
export async function openDatabase(options: ConnectOptions = {}): Promise<Connection> {
  const connection = await connect(options);
  try {
    await migrate(connection);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
