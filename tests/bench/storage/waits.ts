import pg from 'pg';

/** How many sessions were in each state on average: `running`, or what they waited for; those that wait for their client are left out. */
export type Waits = Readonly<Record<string, number>>;

const everyMs = 20;

/** Looks at the server's sessions again and again, in a session of its own, until `end`. */
export function watchWaits(url: string): { readonly end: () => Promise<Waits> } {
  const client = new pg.Client({ connectionString: url });
  const seen = new Map<string, number>();
  let looks = 0;
  let over = false;
  const watching = (async () => {
    await client.connect();
    while (!over) {
      const { rows } = await client.query<{ what: string }>(
        `select coalesce(wait_event_type || ':' || wait_event, 'running') as what from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() and wait_event is distinct from 'ClientRead'`,
      );
      for (const { what } of rows) seen.set(what, (seen.get(what) ?? 0) + 1);
      // Before the load begins and after it has ended, everybody waits for the client.
      if (rows.length > 0) looks += 1;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    await client.end();
  })();
  return {
    end: async () => {
      over = true;
      await watching;
      return Object.fromEntries([...seen].map(([what, times]) => [what, times / looks]));
    },
  };
}
