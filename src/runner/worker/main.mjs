// The file a worker process starts with; plain JavaScript so that it can register TypeScript first.
import { registerModules } from '../node-hooks/register.mjs';

await registerModules();
await import('./process.ts');
