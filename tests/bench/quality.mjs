// Registers the TypeScript loader as the command line does, then runs the program.
const { registerModules } = await import('../../src/runner/node-hooks/register.mjs');
registerModules();
const { main } = await import('./quality/main.ts');
await main(process.argv.slice(2));
