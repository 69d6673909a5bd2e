import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { registerGateway } from './live-gateway.ts';
import { registerOperators } from './live-operate.ts';
import { registerPaperServer } from './live-paper-server.ts';
import { registerRun } from './live-run.ts';

export function register(program: Command, io: Io): void {
  const live = program
    .command('live')
    .description('live markets: trading a model, watching and restricting it, recordings served as a feed, a broker on paper');
  registerRun(live, io);
  registerOperators(live, io);
  registerGateway(live, io);
  registerPaperServer(live, io);
}
