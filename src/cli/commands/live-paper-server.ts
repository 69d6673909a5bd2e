import type { Command } from 'commander';
import { AssayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { feedPlace } from '../live-feed.ts';
import { optionsOf, portNumber } from '../options.ts';
import { say } from '../output/print.ts';
import { aborted, untilStopped } from '../stop-signal.ts';

const secretVariable = 'ASSAY_PAPER_SECRET';
const leastSecretLength = 16;
/** How often what is due happens, where nothing else makes it happen. */
const turnMs = 5;

interface PaperServerFlags {
  readonly config: string;
  readonly feed: string;
  readonly dataset: string;
  readonly host: string;
  readonly port: number;
}

export function registerPaperServer(live: Command, io: Io): void {
  live
    .command('paper-server')
    .description("serves an account on paper over HTTP and WebSocket in the shape of Alpaca's trading interface")
    .requiredOption('--config <file>', 'capital, instruments with fees and margins, matching: configs/live/paper.yaml')
    .requiredOption('--feed <feed>', 'its market: gateway:127.0.0.1:13000, or databento:GLBX.MDP3 with DATABENTO_API_KEY')
    .option('--dataset <name>', 'data set of a gateway', 'GLBX.MDP3')
    .option('--host <host>', `where to listen; beyond this machine with a secret in ${secretVariable} only`, '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes any free port', portNumber, 4100)
    .action(async (flags: PaperServerFlags, command: Command) => {
      const options = optionsOf(command);
      const [
        { loadConfig },
        { isLoopback },
        config,
        { createPaperBroker },
        { createPaperPort },
        server,
        { createPaperAccount },
        market,
        { microsOf },
        { systemFeedClock },
      ] = await Promise.all([
        import('../../core/config-file.ts'),
        import('../../api/access.ts'),
        import('../../live/broker/server/paper-config.ts'),
        import('../../live/broker/paper/paper-broker.ts'),
        import('../../live/broker/port/paper-port.ts'),
        import('../../live/broker/server/serve-paper.ts'),
        import('../../live/broker/server/paper-account.ts'),
        import('../../live/broker/server/market-feed.ts'),
        import('../../live/broker/micros.ts'),
        import('../../live/feed/feed-clock.ts'),
      ]);
      const place = feedPlace(flags.feed, flags.dataset, io.env);
      const secret = secretOf(io.env[secretVariable] ?? '', flags.host, isLoopback(flags.host));
      const settings = loadConfig(flags.config, config.paperConfig);
      const clock = systemFeedClock;
      const terms = config.paperTerms(settings, new Date().getUTCFullYear());
      const capitalMicros = microsOf(settings.capital, 'capital');
      const time = market.createMarketTime(clock);
      const paper = createPaperBroker(terms, settings.paper, { capitalMicros });
      const account = createPaperAccount(createPaperPort(paper, time.now), terms, time.now);

      await untilStopped(async (stopped) => {
        let begin = (): void => undefined;
        const begun = new Promise<void>((resolve) => {
          begin = resolve;
        });
        const feed = market.followMarket({
          ...{ ...place, terms, time, clock },
          onRecord: (record) => {
            account.market(record);
            if (record.kind === 'book') begin();
          },
          say: (text) => say(io, options, text),
        });
        let cancelTurn = (): void => undefined;
        const turn = (): void => {
          account.advance();
          cancelTurn = clock.after(turnMs, turn);
        };
        try {
          say(io, options, 'waiting for the first quote: before it there is no time');
          const ended = Promise.race([aborted(stopped), feed.done]);
          await Promise.race([begun, ended]);
          if (stopped.aborted) return;
          turn();
          const serving = await server.servePaper({ ...flags, account, secret, clock });
          const hint = secret === null ? 'with any key' : `with the secret of ${secretVariable}`;
          const stream = `${serving.url.replace('http', 'ws')}/stream`;
          say(io, options, `the account on paper is at ${serving.url}/v2, its updates at ${stream}, ${hint}; Ctrl-C stops it`);
          try {
            await ended;
          } finally {
            await serving.close();
          }
        } finally {
          feed.stop();
          cancelTurn();
        }
      });
    });
}

/** Null: none is asked for. @throws AssayError `usage` where others could reach the account, or guess its secret. */
function secretOf(given: string, host: string, isOurs: boolean): string | null {
  if (given === '' && !isOurs)
    throw new AssayError('usage', `${host} can be reached from other machines, and there is no secret`, {
      place: '--host',
      hint: `set ${secretVariable}, which clients send as their secret key, or listen on 127.0.0.1`,
    });
  if (given !== '' && given.length < leastSecretLength)
    throw new AssayError('usage', `a secret has at least ${leastSecretLength} characters, not ${given.length}`, {
      place: secretVariable,
      hint: 'for example the output of `openssl rand -hex 32`',
    });
  return given === '' ? null : given;
}
