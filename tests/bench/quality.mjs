// Registers TypeScript as the command line does, then hands over.
const { registerModules } = await import('../../src/runner/node-hooks/register.mjs');
await registerModules();
const { main } = await import('./quality/main.ts');
main(process.argv.slice(2));
