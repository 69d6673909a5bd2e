import { type Command, InvalidArgumentError } from 'commander';
import { AssayError } from '../../core/errors.ts';
import { parseTime } from '../../core/time.ts';
import type { Fault } from '../../live/gateway/faults.ts';
import type { Speed } from '../../live/gateway/market-clock.ts';
import type { Io } from '../io.ts';
import { gatewayKeyVariable, openGatewayKey } from '../live-feed.ts';
import { optionsOf, portNumber } from '../options.ts';
import { say } from '../output/print.ts';
import { aborted, untilStopped } from '../stop-signal.ts';

interface GatewayFlags {
  readonly host: string;
  readonly port: number;
  readonly speed: Speed;
  readonly start?: bigint;
  readonly fault: readonly string[];
}

export function registerGateway(live: Command, io: Io): void {
  live
    .command('gateway <files...>')
    .description('serves recordings (.dbn, .dbn.zst) as a live gateway of Databento does, to its clients and to ours')
    .option('--host <host>', `where to listen; beyond this machine with a key in ${gatewayKeyVariable} only`, '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes any free port', portNumber, 13_000)
    .option('--speed <n|max>', 'how fast the market goes: 1 is its own speed; max is as fast as each client reads', speed, 1)
    .option('--start <time>', 'market time at which it begins (default: with the files); what was before can be asked for', nanoseconds)
    .option('--fault <session:after:kind>', 'what goes wrong on purpose, such as 1:700:fin or 2:0:error=6; repeatable', collect, [])
    .action(async (files: readonly string[], flags: GatewayFlags, command: Command) => {
      const options = optionsOf(command);
      const [{ serveRecordings }, { parseFault }, { isLoopback }] = await Promise.all([
        import('../../live/gateway/serve-recordings.ts'),
        import('../../live/gateway/faults.ts'),
        import('../../api/access.ts'),
      ]);
      const faults: readonly Fault[] = flags.fault.map(parseFault);
      const own = io.env[gatewayKeyVariable] ?? '';
      if (own === '' && !isLoopback(flags.host))
        throw new AssayError('usage', `${flags.host} can be reached from other machines, and there is no key`, {
          place: '--host',
          hint: `set ${gatewayKeyVariable} to a secret of 32 characters that begins with db-, or listen on 127.0.0.1`,
        });
      await untilStopped(async (stopped) => {
        const key = own === '' ? openGatewayKey : own;
        const gateway = await serveRecordings({ ...flags, key, recordings: files, faults });
        const { host, port } = gateway.address;
        const hint = own === '' ? `key ${openGatewayKey}` : `the key of ${gatewayKeyVariable}`;
        say(io, options, `${gateway.dataset} is served at ${host}:${port}, ${hint}; Ctrl-C stops it`);
        await aborted(stopped);
        await gateway.close();
      });
    });
}

function speed(text: string): Speed {
  if (text === 'max') return 'max';
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0.01 && value <= 10_000)) throw new InvalidArgumentError('It takes max, or a number from 0.01 to 10000.');
  return value;
}

/** A time as nanoseconds since the epoch. */
function nanoseconds(text: string): bigint {
  const time = parseTime(text);
  if (time === null) throw new InvalidArgumentError('It takes a time such as 2024-01-17T14:30:00Z.');
  return BigInt(time.getTime()) * 1_000_000n;
}

function collect(text: string, all: readonly string[]): readonly string[] {
  return [...all, text];
}
