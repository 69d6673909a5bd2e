import { type Level, pino } from 'pino';
import { type AssayError, assertNever, messageOf } from '../../core/errors.ts';
import { maskSecrets } from '../../core/mask-secrets.ts';
import type { RunEvent } from '../../runner/events.ts';
import type { EventLog } from '../io.ts';
import { lineOf } from './progress.ts';

export function createEventLog(write: (text: string) => void): EventLog {
  const log = pino(
    {
      base: { pid: process.pid },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  );
  return {
    say: (text) => log.info(maskSecrets(text)),
    tell: (event) => {
      if (event.kind === 'statistics' || (event.kind === 'database-retry' && event.repeated === true)) return;
      log[levelOf(event)]({ event: event.kind, ...fieldsOf(event) }, maskSecrets(lineOf(event) ?? event.kind));
    },
    fault: (error, fields = {}) => log.error({ ...faultOf(error), ...fields }, maskSecrets(messageOf(error))),
  };
}

const warnings: ReadonlySet<RunEvent['kind']> = new Set([
  'database-retry',
  'database-silent',
  'reaped',
  'source-changed',
  'studies-frozen',
  'studies-paused',
  'study-unfit',
  'trial-lost',
]);

function levelOf(event: RunEvent): Level {
  if (event.kind === 'trial-finished' && event.outcome.kind === 'failed') return 'error';
  if (event.kind === 'worker-died' || event.kind === 'study-set-aside') return 'error';
  return warnings.has(event.kind) ? 'warn' : 'info';
}

/** Fields that logs are searched by. No parameters or metrics: those are in the database. */
function fieldsOf(event: RunEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'study-opened':
      return { study: event.study.name, created: event.study.created };
    case 'trial-started':
      return { trial: event.address, attempt: event.attempt };
    case 'trial-resumed':
      return { trial: event.address, step: event.step };
    case 'trial-finished': {
      const { outcome } = event;
      const error = outcome.kind === 'failed' ? { code: outcome.error.code } : {};
      return { trial: event.address, outcome: outcome.kind, durationMs: Math.round(event.durationMs), ...error };
    }
    case 'trial-released':
    case 'trial-paused':
      return { trial: event.address, because: event.because };
    case 'trial-lost':
      return { trial: event.address, ...(event.because !== undefined && { because: event.because }) };
    case 'database-silent':
    case 'database-answers':
      return { device: event.device, silentMs: Math.round(event.silentMs) };
    case 'reaped':
      return { requeued: event.requeued, failed: event.failed };
    case 'source-changed':
      return { study: event.study, part: event.part };
    case 'study-unfit':
      return { study: event.study, because: event.because };
    case 'studies-frozen':
    case 'studies-paused':
      return { studies: event.studies };
    case 'study-set-aside':
      return { study: event.study, code: event.error.code };
    case 'worker-started':
      return { device: event.device, worker: event.pid };
    case 'worker-died':
      return { device: event.device, because: event.because, restartInMs: event.restartInMs };
    case 'stopping':
      return { order: event.request, by: event.by };
    case 'database-retry':
    case 'log':
    case 'statistics':
      return {};
    default:
      return assertNever(event);
  }
}

function faultOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return {};
  const { code, hint, place } = error as Partial<AssayError>;
  const known = { ...(code !== undefined && { code }), ...(hint !== undefined && { hint }), ...(place !== undefined && { place }) };
  if (code === undefined) return { stack: maskSecrets(error.stack ?? '') };
  return error.cause instanceof Error ? { ...known, cause: maskSecrets(error.cause.stack ?? error.cause.message) } : known;
}
