import { effect } from '@preact/signals';
import { request } from './api.ts';
import { client } from './query.ts';
import { unreachableSince } from './server.ts';

const everyMs = 2000;

/**
 * While the server gives no answer, asks whether it is there again. Whoever hears of it first, once it is back everything on the page is asked
 * again. Returns what ends this.
 */
export function reachAgain(): () => void {
  let wasAway = false;
  return effect(() => {
    const isAway = unreachableSince.value !== null;
    if (wasAway && !isAway) void client.invalidateQueries();
    wasAway = isAway;
    if (!isAway) return undefined;
    // Still away: the next try follows.
    const timer = setInterval(() => void request('/healthz').catch(() => undefined), everyMs);
    return () => clearInterval(timer);
  });
}
