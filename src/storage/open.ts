import { type Connection, type ConnectOptions, connect } from './connect.ts';
import { migrate } from './migrate.ts';

/**
 * The one way in: a connection to DATABASE_URL or to the embedded server, started if need be, with the schema of this version.
 *
 * @throws AssayError database_unavailable; conflict where the schema is newer than the code
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
