import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import { parseTime } from '../../core/time.ts';
import { userName } from '../../core/user-name.ts';
import { accountForPaperMoney } from '../../live/broker/rest/paper-money.ts';
import type { LiveRunResult } from '../../live/drivers/live.ts';
import type { GatewayAddress } from '../../live/feed/connection.ts';
import type { Db } from '../../storage/database.ts';
import type { Io } from '../io.ts';
import { feedKey, gatewayAddress } from '../live-feed.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { untilStopped } from '../stop-signal.ts';

interface RunFlags {
  readonly feed: GatewayAddress | null;
  readonly broker: string;
  readonly config: string;
  readonly name: string;
  readonly until?: bigint;
  readonly resume?: string;
  readonly as?: string;
}

const columns: readonly Column<LiveRunResult>[] = [
  { title: 'state', cell: ({ state }) => state },
  {
    title: 'position',
    cell: ({ positions }) =>
      Object.entries(positions)
        .map(([symbol, lots]) => `${lots} ${symbol}`)
        .join(', ') || '0',
  },
  { title: 'value', cell: ({ navMicros }) => (navMicros === null ? '' : (navMicros / 1e6).toFixed(2)) },
  { title: 'decisions', cell: ({ decisions }) => String(decisions) },
  { title: 'orders', cell: ({ orders }) => String(orders) },
  { title: 'denied', cell: ({ denials }) => String(denials) },
  { title: 'fills', cell: ({ fills }) => String(fills) },
];

export function registerRun(live: Command, io: Io): void {
  live
    .command('run <model>')
    .description('trades a model on a live feed until it is stopped; a run of that name goes on where it was')
    .requiredOption('--feed <feed>', 'databento, or gateway:<host>:<port>', feedOf)
    .option(
      '--broker <broker>',
      'paper: in this process, at the quotes of the feed; alpaca-paper; or rest:<url> of a paper server',
      'paper',
    )
    .requiredOption('--config <file>', 'symbols, limits and who may let trading go on: configs/live/run.yaml')
    .requiredOption('--name <run>', 'of the run, which is judged whole')
    .option('--until <time>', 'time of the market at which it ends', nanoseconds)
    .option('--resume <reason>', 'lets trading begin, as two commands of assay live resume do')
    .option('--as <name>', 'who does this (default: the user of this system)')
    .action(async (model: string, flags: RunFlags, command: Command) => {
      const options = optionsOf(command);
      const name = checkName('run', flags.name);
      const rest = accountForPaperMoney(flags.broker, io.env);
      const key = feedKey(flags.feed, io.env);
      const [{ startLive }, { loadLiveConfig }] = await Promise.all([
        import('../../live/drivers/start-live.ts'),
        import('../../live/live-config.ts'),
      ]);
      const config = loadLiveConfig(flags.config);
      const { until = null, resume = null, feed } = flags;
      const result = await withDatabase(options, async ({ db }) => {
        const version = await versionOf(db, options, model);
        return untilStopped((signal) =>
          startLive(db, {
            ...{ name, config, until, resume, feedKey: key, signal, rest, ...version },
            gateway: feed,
            dataDir: dataDirOf(options.dataDir),
            by: flags.as ?? userName(),
            onLine: (line) => say(io, options, line),
          }),
        );
      });
      printAnswer(io, options, { document: { run: name, ...result }, columns, rows: [result] });
      if (result.state === 'halted')
        throw new AssayError('conflict', `trading of ${name} is halted`, {
          hint: `assay live status ${name} says why; assay live resume ${name} lets it go on`,
        });
    });
}

/** A promoted version, or a policy's file. */
async function versionOf(
  db: Db,
  options: GlobalOptions,
  model: string,
): Promise<{ readonly model: string; readonly policyHash: string; readonly policy: Uint8Array }> {
  if (model.endsWith('.onnx')) {
    const policy = await readFile(model).catch((cause: unknown) => {
      throw new AssayError('not_found', `cannot read the policy: ${messageOf(cause)}`, { place: model, hint: 'check the path', cause });
    });
    return { model, policy, policyHash: sha256(policy) };
  }
  const [{ showVersion }, { createArtifactStore }] = await Promise.all([
    import('../../registry/version.ts'),
    import('../../storage/artifacts/open.ts'),
  ]);
  const { address, policyHash } = await showVersion(db, parseModelAddress(model));
  return { model: address, policyHash, policy: await createArtifactStore(dataDirOf(options.dataDir)).get(policyHash) };
}

function feedOf(text: string): GatewayAddress | null {
  if (text === 'databento') return null;
  const address = gatewayAddress(text);
  if (address === null) throw new InvalidArgumentError('It takes databento, or gateway:<host>:<port>.');
  return address;
}

function nanoseconds(text: string): bigint {
  const at = parseTime(text);
  if (at === null) throw new InvalidArgumentError('It takes a time such as 2024-01-17T15:00:00Z.');
  return BigInt(at.getTime()) * 1_000_000n;
}
