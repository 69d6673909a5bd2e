import { effect } from '@preact/signals';
import { request } from './api.ts';
import { client } from './query.ts';
import { unreachableSince } from './server.ts';

const everyMs = 2000;

/** While the server gives no answer, asks whether it is there again; then everything on the page is asked again. */
export function reachAgain(): void {
  effect(() => {
    if (unreachableSince.value === null) return undefined;
    const timer = setInterval(() => {
      request('/healthz').then(
        () => void client.invalidateQueries(),
        // Still away: the next try follows.
        () => undefined,
      );
    }, everyMs);
    return () => clearInterval(timer);
  });
}
