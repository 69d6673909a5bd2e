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
  forget();
  const tabs = new BroadcastChannel(tabsName);
  tabs.postMessage('ended');
  tabs.close();
}

/** The tabs of a browser have one cookie, so that they are signed out together. */
const tabsName = 'assay-session';

/** Signs this tab out when another one does. */
export function followSession(): void {
  new BroadcastChannel(tabsName).onmessage = forget;
}

/** Shows the form in place of the page, which ends its streams. */
function forget(): void {
  asksToken.value = true;
  client.clear();
}
