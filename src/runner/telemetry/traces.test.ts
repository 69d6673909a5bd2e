import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Claimed, Storage } from '../../search/study/storage.ts';
import { openTraces } from './traces.ts';

interface SentSpan {
  readonly name: string;
  readonly status: { readonly message?: string };
}

const spans: SentSpan[] = [];
let collector: Server;

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const sent = JSON.parse(body) as { resourceSpans: readonly { scopeSpans: readonly { spans: readonly SentSpan[] }[] }[] };
      spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  collector.closeAllConnections();
  collector.close();
});

/** Returns the error of the span of a trial whose last verb gets this answer (null: none). */
async function endedBy(verb: keyof Storage, answer: unknown): Promise<string | null> {
  spans.length = 0;
  const traces = (await openTraces(process.env, 'host:1:cpu'))!;
  const lease = { trial: '1/1', token: 'token', attempt: 1 };
  const claimed = { lease, address: 'traced#0' } as Claimed;
  traces.observe({ verb: 'take', subject: {} })({ kind: 'answered', answer: { kind: 'taken', claimed } });
  traces.observe({ verb, subject: lease })({ kind: 'answered', answer });
  await traces.close();
  return spans.find(({ name }) => name === 'trial')!.status.message ?? null;
}

test.each(['finish', 'release', 'pause'] as const)('the span of a trial ends well with %s', async (verb) => {
  expect(await endedBy(verb, 'alive')).toBeNull();
});

test('the span tells a lost lease and a worker that ended before the trial', async () => {
  expect(await endedBy('report', { lease: 'lost' })).toBe('the lease was lost');
  expect(await endedBy('renew', 'alive')).toBe('the worker ended first');
});
