import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const fileOf = (name: string): string => fileURLToPath(new URL(`../fixtures/studies/${name}.ts`, import.meta.url));
const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));

/** A span as OTLP's JSON form has it. */
interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** A collector that keeps what it is sent. */
const spans: Span[] = [];
const services = new Set<unknown>();
let collector: Server;
let endpoint = '';

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: readonly { resource: Pick<Span, 'attributes'>; scopeSpans: readonly { spans: readonly Span[] }[] }[];
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value['stringValue']);
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterAll(() => {
  collector.closeAllConnections();
  collector.close();
});

const options = (name: string) => ({
  file: fileOf('sphere'),
  name,
  trials: 4,
  workers: 2,
  databaseUrl: database.url,
  dataDir: inject('testDataDir'),
});

describe('spans', () => {
  test('around every trial and every verb, sent to where the OTEL variables say', async () => {
    const run = startRun(options('traced'), { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'overnight' });
    expect(await run.end).toMatchObject({ exitCode: 0 });
    expect([...services]).toEqual(['overnight']);
    const trials = spans.filter(({ name }) => name === 'trial');
    const addresses = trials.map(({ attributes }) => attributes.find(({ key }) => key === 'assay.trial')?.value['stringValue']);
    expect(new Set(addresses)).toEqual(new Set(['traced#0', 'traced#1', 'traced#2', 'traced#3']));
    const ids = new Set(trials.map(({ spanId }) => spanId));
    for (const verb of ['report', 'finish']) {
      const calls = spans.filter(({ name }) => name === verb);
      expect(calls.length).toBeGreaterThanOrEqual(4);
      expect(calls.every(({ parentSpanId = '' }) => ids.has(parentSpanId))).toBe(true);
    }
    expect(spans.filter(({ name }) => name === 'take').length).toBeGreaterThanOrEqual(4);
  });

  test('a collector that is away stops no run', async () => {
    const run = startRun(options('untraced'), { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 4 } } });
  });
});

describe('metrics and logs of a run', () => {
  test('are there for Prometheus while it goes on, and as JSON lines with the trial and without passwords', async () => {
    const child = spawn(
      process.execPath,
      [executable, 'run', fileOf('sphere'), '--name', 'shown', '--trials', '30', '--workers', '2', '--metrics', '0', '--log', 'json'],
      { env: { ...process.env, DATABASE_URL: database.url, ASSAY_DATA_DIR: inject('testDataDir') }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const lines: Readonly<Record<string, unknown>>[] = [];
    let metrics: Promise<string> | undefined;
    const url = new Promise<string>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
        lines.push(entry);
        const [found] = /http:\S+/.exec(String(entry['message'])) ?? [];
        if (found !== undefined) resolve(found);
        // By now the worker has sent its metrics at least once.
        if (entry['event'] === 'trial-started') metrics ??= url.then(async (at) => (await fetch(at)).text());
      });
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, last: lines.at(-1) }).toMatchObject({ code: 0 });
    expect(lines.find(({ event }) => event === 'study-opened')).toMatchObject({ level: 'info', study: 'shown' });
    const finished = lines.filter(({ event }) => event === 'trial-finished');
    expect(new Set(finished.map(({ trial }) => trial))).toEqual(new Set(Array.from({ length: 30 }, (_, n) => `shown#${n}`)));
    expect(finished[0]).toMatchObject({ level: 'info', outcome: 'complete', durationMs: expect.any(Number) });
    const text = (await metrics)!;
    expect(text).toMatch(/^assay_trial_slots\{device="cpu"\} 2$/m);
    expect(text).toMatch(/^# TYPE assay_trials_ended_total counter$/m);
    expect(text).toMatch(/^# TYPE assay_storage_seconds histogram$/m);
  });
});
