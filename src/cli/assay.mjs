#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, to say which ones are good enough for the rest.
import { requireNode } from './node-version.mjs';

requireNode();
const { startProgram } = await import('./start.mjs');
const main = await startProgram();
process.exitCode = await main(process.argv.slice(2));
