// Starts the command line from its build, or from its sources where there can be none.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { currentBuild, keepInUse } from './build/current.mjs';
import { carriedBuild } from './build/packed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Resolves to the function that runs one command line. */
export async function startProgram() {
  const build = carriedBuild(root) ?? (await ownBuild());
  if (build === null) return mainFromSources();
  // Code that was compiled before need not be compiled again, where Node can keep it (from 22.1 on).
  nodeModule.enableCompileCache?.();
  return (await import(pathToFileURL(join(build, 'cli.js')).href)).main;
}

async function ownBuild() {
  requirePackages();
  const build = await currentBuild(root, { onBuild: sayBuilding, onFailure: sayWhy });
  if (build !== null) keepInUse(build);
  return build;
}

/** The same from the sources, as they are at this moment: `npm run dev`. */
export async function mainFromSources() {
  const { registerModules } = await import('../runner/node-hooks/register.mjs');
  registerModules();
  return (await import('./main.ts')).main;
}

function requirePackages() {
  if (existsSync(join(root, 'node_modules/commander/package.json'))) return;
  process.stderr.write(`error: the packages of ${root} are not installed\nhint: run npm ci there\n`);
  process.exit(4);
}

function sayBuilding() {
  if (process.stderr.isTTY) process.stderr.write('building Assay from its sources ...\n');
}

/** That a checkout cannot be written is no fault. */
function sayWhy(error) {
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return;
  process.stderr.write(`warning: the build failed, running from the sources instead: ${error.message}\n`);
}
