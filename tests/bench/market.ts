/** Measures the reading of market data: `npm run bench:market [-- --json] [-- --peers]`. */
import { parseArgs } from 'node:util';
import { csvRows } from './market/csv.ts';
import { dbnRows } from './market/dbn.ts';
import { printRows } from './row.ts';

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false } } });
printRows([...(await csvRows(flags.peers)), ...(await dbnRows(flags.peers))], flags.json);
