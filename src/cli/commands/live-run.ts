import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { checkName, parseModelAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import { parseTime } from '../../core/time.ts';
import { userName } from '../../core/user-name.ts';
import type { LiveRunResult } from '../../live/drivers/live.ts';
import type { RestAccount } from '../../live/drivers/start-live.ts';
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
    .option('--broker <broker>', 'paper: in this process, at the quotes of the feed; or rest:<url> of an account for paper money', 'paper')
    .requiredOption('--config <file>', 'symbols, limits and who may let trading go on: configs/live.yaml')
    .requiredOption('--name <run>', 'of the run, which is judged whole')
    .option('--until <time>', 'time of the market at which it ends', nanoseconds)
    .option('--resume <reason>', 'lets trading begin, as two commands of assay live resume do')
    .option('--as <name>', 'who does this (default: the user of this system)')
    .action(async (model: string, flags: RunFlags, command: Command) => {
      const options = optionsOf(command);
      const name = checkName('run', flags.name);
      const rest = restOf(flags.broker, io.env);
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

const restVariables = { keyId: 'APCA_API_KEY_ID', secretKey: 'APCA_API_SECRET_KEY' } as const;
/** Where an account is known to be one for paper money. */
const paperHosts = ['paper-api.alpaca.markets', '127.0.0.1', 'localhost'];

/** @throws AssayError `usage` for another broker, one that may have real money, and keys that are not set. */
function restOf(text: string, env: Io['env']): RestAccount | null {
  if (text === 'paper') return null;
  const refuse = (because: string, hint: string): never => {
    throw new AssayError('usage', because, { place: '--broker', hint });
  };
  const url = text.startsWith('rest:') ? parsedUrl(text.slice(5)) : null;
  if (url === null) return refuse(`${JSON.stringify(text)} is no broker`, 'it takes paper, or rest:<url>');
  if (!paperHosts.includes(url.hostname))
    return refuse(`${url.hostname} is no broker for paper money`, `it takes ${paperHosts.join(', ')}`);
  const [keyId, secretKey] = [env[restVariables.keyId] ?? '', env[restVariables.secretKey] ?? ''];
  if (keyId === '' || secretKey === '')
    return refuse('there are no keys for the broker', `set ${restVariables.keyId} and ${restVariables.secretKey}`);
  return { url: url.origin, keyId, secretKey };
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

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
