// `node --import ./tests/tools/typescript.mjs <file.ts>` runs a program of this folder from its sources.
import { registerModules } from '../../src/runner/node-hooks/register.mjs';

registerModules();
