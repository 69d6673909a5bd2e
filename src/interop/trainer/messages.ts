import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { shortened } from '../../core/text.ts';

/** Lines of JSON between Assay and a trainer, version 1: docs/trainers.md has each with an example. */
export const protocol = 1;

const id = z.int();
const step = z.int().min(0);
const path = z.string().min(1);
/** NaN and infinities have errors of their own. */
const anyNumber = z.custom<number>((value) => typeof value === 'number', 'it takes a number');
const metrics = z.record(z.string(), anyNumber).optional();

const messages = {
  ready: z.strictObject({
    type: z.literal('ready'),
    protocol: z.literal(protocol),
    name: z.string().min(1).max(100),
    versions: z.record(z.string(), z.string()).default({}),
  }),
  report: z.strictObject({ type: z.literal('report'), id, step, policy: path, last: z.boolean().optional(), metrics }),
  checkpoint: z.strictObject({ type: z.literal('checkpoint'), id, step, path }),
  alive: z.strictObject({ type: z.literal('alive'), id }),
  trained: z.strictObject({ type: z.literal('trained'), id, policy: path, metrics }),
  stopped: z.strictObject({ type: z.literal('stopped'), id }),
  error: z.strictObject({ type: z.literal('error'), id, message: z.string() }),
  loaded: z.strictObject({ type: z.literal('loaded'), id }),
  dropped: z.strictObject({ type: z.literal('dropped'), id }),
  act: z.strictObject({ type: z.literal('act'), id, i: z.int(), weights: z.array(anyNumber) }),
  positions: z.strictObject({ type: z.literal('positions'), id, path }),
} as const;

export type FromTrainer = { [Kind in keyof typeof messages]: z.output<(typeof messages)[Kind]> }[keyof typeof messages];
export type Ready = Extract<FromTrainer, { type: 'ready' }>;

/** Fields in which a trainer would say what it earned. */
const ownReturns = ['value', 'returns', 'dailyReturns', 'stepReturns', 'sharpe'];

/**
 * Reads a message of a trainer.
 * @throws AssayError `trainer_invalid`, with what was said.
 */
export function readMessage(said: unknown): FromTrainer {
  const type = isRecord(said) ? said['type'] : undefined;
  if (!isRecord(said) || typeof type !== 'string' || !Object.hasOwn(messages, type))
    throw invalid(`said ${shown(said)}, which is no message`, `a message has one of the types ${Object.keys(messages).join(', ')}`);
  const told = ownReturns.find((field) => Object.hasOwn(said, field));
  if (told !== undefined)
    throw invalid(
      `told its own ${told} in a message ${type}`,
      'Assay computes returns from positions: give the policy, and the number as one of its metrics',
    );
  const parsed = messages[type as keyof typeof messages].safeParse(said);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    `said ${shown(said)}: ${[...issue!.path, issue!.message].join(': ')}`,
    type === 'ready' ? `Assay speaks version ${protocol} of the protocol` : 'docs/trainers.md has every message',
  );
}

/** The error of a trainer that broke the protocol. */
export function invalid(did: string, hint: string): AssayError {
  return new AssayError('trainer_invalid', `the trainer ${did}`, { hint });
}

export function shown(said: unknown): string {
  return shortened(typeof said === 'string' ? JSON.stringify(said) : (JSON.stringify(said) ?? 'nothing'), 200);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
