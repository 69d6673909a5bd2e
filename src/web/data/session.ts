import { request } from './api.ts';
import { client } from './query.ts';
import { asksToken } from './server.ts';

/** Shows the token to the server, which sets a cookie; then everything is asked again. @throws Problem for a wrong token */
export async function signIn(token: string): Promise<void> {
  await request('/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }) });
  asksToken.value = false;
  await client.resetQueries();
}

/** Ends the session; nothing of what was read stays in the page. */
export async function signOut(): Promise<void> {
  await request('/v1/session', { method: 'DELETE' });
  asksToken.value = true;
  client.clear();
}
