// The file a pool thread starts with. Plain JavaScript: a thread of Node 20 cannot load TypeScript before it has
// registered for it. Without top-level await, because piscina first tries require().
import { registerModules } from '../node-hooks/register.mjs';

let tasks;

export async function runTask(envelope) {
  tasks ??= registerModules().then(() => import('./run-task.ts'));
  return (await tasks).runTask(envelope);
}
