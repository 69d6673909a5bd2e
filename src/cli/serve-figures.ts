import { InvalidArgumentError } from 'commander';
import type { RunEvent } from '../runner/supervisor/run-study.ts';
import type { Io } from './io.ts';
import { type OutputOptions, say } from './output/print.ts';

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `9464`, `0.0.0.0:9464`, `[::]:9464`. */
export function metricsAddress(text: string): MetricsAddress {
  const match = /^(?:(?<host>\[[0-9a-f:.]+\]|[\w.-]+):)?(?<port>\d{1,5})$/i.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match === null || port > 65_535) throw new InvalidArgumentError('It takes a port, or host:port such as 0.0.0.0:9464.');
  return { host: match.groups?.['host']?.replace(/^\[|\]$/g, '') ?? '127.0.0.1', port };
}

/** Where the events of a run are counted, and shown while it goes on; without an address it does nothing. */
export interface FiguresServer {
  readonly observe: (event: RunEvent) => void;
  readonly close: () => Promise<void>;
}

/** @throws AssayError `usage` for an address that others can reach without a token in ASSAY_TOKEN, `port_in_use`. */
export async function serveFigures(io: Io, options: OutputOptions, address: MetricsAddress | undefined): Promise<FiguresServer> {
  if (address === undefined) return { observe: () => undefined, close: async () => undefined };
  const [{ createRunFigures }, { createWorkerMetrics }, { doorOf, serve }] = await Promise.all([
    import('../runner/telemetry/run-figures.ts'),
    import('../api/metrics.ts'),
    import('../api/serve.ts'),
  ]);
  const door = doorOf({ ...address, token: io.env['ASSAY_TOKEN'] });
  const figures = await createRunFigures();
  const serving = await serve(door, createWorkerMetrics({ text: figures.text, token: door.token }).fetch);
  say(io, options, `figures are at ${serving.url}/metrics`);
  return { observe: figures.observe, close: () => serving.close(0) };
}
