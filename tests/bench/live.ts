/**
 * Measures a live feed: `npm run bench:live [-- --json] [-- --peers] [-- --records 5000000] [-- --seconds 20]`. A recording is served by the gateway, a program of
 * its own, and received by the feed into an engine that orders on paper; then it is replayed from the file. Beside it runs a socket that is read and thrown
 * away, with --peers Databento's own client, in the same run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replayRecording } from '../../src/live/drivers/replay.ts';
import { authLine, controlLine } from '../../src/live/feed/control-lines.ts';
import { cramAnswer } from '../../src/live/feed/cram.ts';
import { symbol } from '../fixtures/live/mnq.ts';
import { writeQuotes } from './live/quotes.ts';
import { benchParts, receiveRun } from './live/receive.ts';
import { costOnce } from './measure.ts';
import { runPeer } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    records: { type: 'string', default: '5000000' },
    seconds: { type: 'string', default: '20' },
  },
});
const [records, sustained, rate] = [Number(flags.records), Number(flags.seconds), 50_000];

/** Starts `assay live gateway` on a file. */
async function gateway(
  file: string,
  more: readonly string[],
): Promise<{ readonly port: number; readonly key: string; readonly stop: () => void }> {
  const child = spawn(process.execPath, ['src/cli/assay.mjs', 'live', 'gateway', file, '--port', '0', ...more], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let said = '';
  for await (const piece of child.stderr) {
    said += String(piece as Buffer);
    const [, port, key] = /:(\d+), key (\S+);/.exec(said) ?? [];
    if (port !== undefined && key !== undefined) {
      child.stderr.resume();
      return { port: Number(port), key, stop: () => void child.kill() };
    }
  }
  throw new Error(`the gateway did not start: ${said}`);
}

/** Seconds in which a socket that is read and thrown away has so many bytes. */
function drained(port: number, key: string, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let [lines, read, begunAt] = ['', 0, 0];
    socket.on('error', reject);
    socket.on('data', (piece) => {
      if (begunAt > 0) {
        read += piece.length;
        if (read < bytes) return;
        socket.destroy();
        resolve((performance.now() - begunAt) / 1000);
        return;
      }
      lines += piece.toString('latin1');
      const challenge = /cram=(\w+)\n/.exec(lines)?.[1];
      if (challenge !== undefined && !lines.includes('success')) {
        const auth = cramAnswer(challenge, key);
        socket.write(
          authLine({
            auth,
            dataset: 'GLBX.MDP3',
            tsOut: true,
            compression: 'none',
            heartbeatSeconds: null,
            slowReader: null,
            client: 'bench',
          }),
        );
      }
      if (!lines.includes('success=1')) return;
      begunAt = performance.now();
      socket.write(
        `${controlLine([
          ['schema', 'mbp-1'],
          ['symbols', symbol],
          ['start', 0],
        ])}start_session\n`,
      );
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-live-'));
const file = join(folder, 'quotes.dbn');
const rows: BenchRow[] = [];
try {
  const { seconds, bars } = writeQuotes(file, records);
  const fast = await gateway(file, ['--speed', 'max']);
  const bytes = records * 88;
  const plain = records / (await drained(fast.port, fast.key, bytes));
  const whole = await receiveRun({ host: '127.0.0.1', port: fast.port }, fast.key, 0n, bars);
  const received = goalRow('feed, engine and paper: records of mbp-1', 'records/s', whole.quotes / whole.seconds, { least: rate });
  rows.push(withPeer(received, 'a socket that is read and thrown away', plain, 'more'));
  rows.push(goalRow('the same in a second of processor time', 'records/s', whole.quotes / whole.cpuSeconds, { least: rate }));
  if (flags.peers) {
    const peer = runPeer<{ readonly seconds: number; readonly records: number }>('live.py', [
      String(fast.port),
      fast.key,
      symbol,
      String(records),
    ]);
    rows.push(
      withPeer(
        goalRow('the same', 'records/s', whole.quotes / whole.seconds, {}),
        "Databento's client, each record to a function",
        peer.records / peer.seconds,
        'more',
      ),
    );
  }
  fast.stop();

  const paced = await gateway(file, ['--speed', String((rate * seconds) / records)]);
  const run = await receiveRun(
    { host: '127.0.0.1', port: paced.port },
    paced.key,
    null,
    Math.min(bars, Math.max(1, Math.floor((sustained * bars * rate) / records))),
  );
  paced.stop();
  rows.push(
    goalRow(`at ${rate} records/s for ${Math.round(run.seconds)} s: rate`, 'records/s', run.quotes / run.seconds, { least: 0.99 * rate }),
    goalRow('delay of the event loop meanwhile, p99', 'ms', run.delayMs, { most: 10 }),
    goalRow('gaps meanwhile', 'gaps', run.gaps.length, { most: 0 }),
    goalRow('most records that waited', 'records', run.mostWaiting, {}),
  );

  const replayed = await costOnce(() => replayRecording({ path: file, receivedPath: null }, benchParts()));
  const replay = goalRow(`replay of ${records} records`, 's', replayed.wallMs / 1000, { most: (60 * records) / 5_000_000 });
  rows.push(
    withPeer(replay, 'the same over the socket', whole.seconds, 'less'),
    goalRow('the same of processor time', 's', replayed.cpuMs / 1000, { most: (60 * records) / 5_000_000 }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printRows(rows, flags.json);
