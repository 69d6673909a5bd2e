// Entry file of a worker process; plain JavaScript, because it registers the hooks that load TypeScript.
import { registerModules } from '../node-hooks/register.mjs';

registerModules();
await import('./process.ts');
