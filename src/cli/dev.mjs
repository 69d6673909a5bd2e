// `npm run dev -- <command>`: the command line from its sources, without a build.
import { requireNode } from './node-version.mjs';

requireNode();
const { mainFromSources } = await import('./start.mjs');
const main = await mainFromSources();
process.exitCode = await main(process.argv.slice(2));
