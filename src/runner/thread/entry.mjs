// Entry file of a pool thread. Plain JavaScript, because a thread of Node 20 cannot load TypeScript before its hooks are
// registered. Without top-level await, because piscina first tries require().
import { registerModules } from '../node-hooks/register.mjs';

let tasks;

export async function runTask(envelope) {
  if (tasks === undefined) {
    registerModules();
    tasks = import('./run-task.ts');
  }
  return (await tasks).runTask(envelope);
}
