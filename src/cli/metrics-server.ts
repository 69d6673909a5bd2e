import { InvalidArgumentError } from 'commander';
import type { RunEvent } from '../runner/events.ts';
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

/**
 * Checks the address before anything is started.
 * @throws AssayError `usage` for one that others can reach without a token in ASSAY_TOKEN.
 */
export async function checkMetricsAddress(io: Io, address: MetricsAddress | undefined): Promise<void> {
  if (address === undefined) return;
  const { listenOptions } = await import('../api/serve.ts');
  listenOptions({ ...address, token: io.env['ASSAY_TOKEN'] });
}

/**
 * Serves the metrics of a run while it lasts, if an address is given. The run passes its events to `observe`.
 * @throws AssayError `usage` for an address that others can reach without a token in ASSAY_TOKEN, `port_in_use`.
 */
export async function withMetricsServer<Result>(
  io: Io,
  options: OutputOptions,
  address: MetricsAddress | undefined,
  run: (observe: (event: RunEvent) => void) => Promise<Result>,
): Promise<Result> {
  if (address === undefined) return run(() => undefined);
  const [{ createRunStatistics }, { createWorkerMetrics }, { listenOptions, serve }] = await Promise.all([
    import('../runner/telemetry/run-statistics.ts'),
    import('../api/metrics.ts'),
    import('../api/serve.ts'),
  ]);
  const listen = listenOptions({ ...address, token: io.env['ASSAY_TOKEN'] });
  const statistics = await createRunStatistics();
  const serving = await serve(listen, createWorkerMetrics({ text: statistics.text, unwell: statistics.unwell, token: listen.token }).fetch);
  say(io, options, `metrics are at ${serving.url}/metrics`);
  try {
    return await run(statistics.observe);
  } finally {
    await serving.close(0);
  }
}
