import { setTimeout as sleep } from 'node:timers/promises';
import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { parseTrialAddress } from '../../core/address.ts';
import { messageOf } from '../../core/errors.ts';
import type { Claimed, Lease } from '../../search/study/storage.ts';
import type { StorageAnswer, StorageCall, StorageObserver } from './observed-storage.ts';

export interface Traces {
  readonly observe: StorageObserver;
  /** Sends the buffered spans; spans of trials that never ended are ended as lost. */
  readonly close: () => Promise<void>;
}

/** Longest wait of an ending worker for the collector to accept the last spans. */
const longestFarewellMs = 3000;

/** OpenTelemetry's variables for the collector's address; without either there is no tracing. */
const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

/**
 * Starts tracing: spans for every verb of the storage and for each trial from its claim to its end, sent by OTLP over HTTP as the
 * OTEL_* variables say (endpoint, headers, service name). Returns null, and loads nothing, where no endpoint is set.
 */
export async function openTraces(env: NodeJS.ProcessEnv, worker: string): Promise<Traces | null> {
  if (endpoints.every((name) => (env[name] ?? '') === '')) return null;
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { detectResources, envDetector, resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const resource = resourceFromAttributes({ 'service.name': 'assay', 'service.instance.id': worker }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
  const { observe, endAll } = traceTrials(provider.getTracer('assay'));
  return {
    observe,
    close: async () => {
      endAll();
      // A collector that is unreachable or does not answer must not keep a worker from ending.
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, sleep(longestFarewellMs, undefined, { ref: false })]);
    },
  };
}

/** Traces each trial as a span from claim to finish with the verbs of its lease as children; other verbs are root spans. */
function traceTrials(tracer: Tracer): { readonly observe: StorageObserver; readonly endAll: () => void } {
  const trials = new Map<string, Span>();

  const endTrial = (token: string, lost: string | null): void => {
    const span = trials.get(token);
    trials.delete(token);
    if (lost !== null) span?.setStatus({ code: SpanStatusCode.ERROR, message: lost });
    span?.end();
  };

  const startTrial = ({ lease, address }: Claimed): void => {
    const attributes = { 'assay.study': parseTrialAddress(address).study, 'assay.trial': address, 'assay.attempt': lease.attempt };
    trials.set(lease.token, tracer.startSpan('trial', { attributes, root: true }));
  };

  const follow = ({ verb, subject }: StorageCall, answer: unknown): void => {
    const claimed = claimedIn(answer);
    if (claimed !== null) startTrial(claimed);
    if (!isLease(subject)) return;
    if (isLost(answer)) endTrial(subject.token, 'the lease was lost');
    else if (verb === 'finish' || verb === 'release' || verb === 'pause') endTrial(subject.token, null);
  };

  const observe: StorageObserver = (call) => {
    const { verb, subject } = call;
    const trial = isLease(subject) ? trials.get(subject.token) : undefined;
    const span = tracer.startSpan(verb, {}, trial === undefined ? context.active() : trace.setSpan(context.active(), trial));
    return (ended: StorageAnswer) => {
      if (ended.kind === 'failed') {
        span.recordException(ended.error instanceof Error ? ended.error : messageOf(ended.error));
        span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(ended.error) });
      }
      span.end();
      if (ended.kind === 'answered') follow(call, ended.answer);
    };
  };

  return {
    observe,
    endAll: () => {
      for (const token of [...trials.keys()]) endTrial(token, 'the worker ended first');
    },
  };
}

function isLease(subject: unknown): subject is Lease {
  return typeof subject === 'object' && subject !== null && 'token' in subject;
}

/** Returns the trial in the answer of a `claim` or `take` (null: none). */
function claimedIn(answer: unknown): Claimed | null {
  if (typeof answer !== 'object' || answer === null) return null;
  if ('claimed' in answer) return claimedIn(answer.claimed);
  return 'address' in answer && 'lease' in answer && isLease(answer.lease) ? (answer as Claimed) : null;
}

/** True if a fenced verb answered `lost`, directly or in an object. */
function isLost(answer: unknown): boolean {
  return answer === 'lost' || (typeof answer === 'object' && answer !== null && 'lease' in answer && answer.lease === 'lost');
}
