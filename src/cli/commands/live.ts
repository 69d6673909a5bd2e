import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { registerGateway } from './live-gateway.ts';
import { registerPaperServer } from './live-paper-server.ts';

export function register(program: Command, io: Io): void {
  const live = program.command('live').description('live markets: recordings served as a feed, a broker on paper');
  registerGateway(live, io);
  registerPaperServer(live, io);
}
