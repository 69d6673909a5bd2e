#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, to say which ones are good enough for the rest.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const runs = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
if (!runs) {
  process.stderr.write(
    `assay needs Node 20.19+, 22.13+ or 24+; this is ${process.versions.node} (${process.execPath})\n` +
      'hint: install a newer Node from https://nodejs.org, then run npm ci again\n',
  );
  process.exit(2);
}

const { registerModules } = await import('../runner/modules/register.mjs');
await registerModules();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
