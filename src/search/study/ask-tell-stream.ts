import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { reservedKeyIn } from '../../core/reserved-keys.ts';
import { settingFault, unknownKey } from '../../core/schema-issue.ts';
import { checkedNoise } from '../trial/told-noise.ts';
import type { AskTell, BestTrial, Told, ToldValue } from './ask-tell.ts';

/** A number; NaN and infinities travel as strings because JSON cannot express them; -0 becomes 0. */
const jsonNumber = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)], {
    error: 'a number, or "NaN", "Infinity" or "-Infinity" as text',
  })
  .transform((value) => value + 0);
const number = z.int({ error: 'a whole number from 0' }).min(0);
const result = {
  value: jsonNumber.optional(),
  values: z.array(jsonNumber).min(1).optional(),
  constraints: z.array(jsonNumber).optional(),
  variance: z.number().optional(),
  sd: z.number().optional(),
  seeds: z.number().optional(),
  dailyReturns: z.strictObject({ days: z.array(z.string()), returns: z.array(jsonNumber) }).optional(),
};

/** What each op takes. */
export const requests = {
  ask: z.strictObject({ op: z.literal('ask') }),
  report: z.strictObject({ op: z.literal('report'), number, step: number, value: jsonNumber }),
  tell: z.strictObject({ op: z.literal('tell'), number, state: z.enum(['complete', 'pruned', 'failed']).default('complete'), ...result }),
  add: z.strictObject({
    op: z.literal('add'),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    ...result,
  }),
  best: z.strictObject({ op: z.literal('best') }),
  recommend: z.strictObject({ op: z.literal('recommend') }),
};

type Requests = { readonly [Op in keyof typeof requests]: z.output<(typeof requests)[Op]> };
type Request = Requests[keyof Requests];
type Result = Pick<Requests['tell'], 'value' | 'values' | 'constraints' | 'variance' | 'sd' | 'seeds' | 'dailyReturns'>;

/** Answers one line of the stream. Never rejects: an error is the answer, and has changed nothing. */
export async function answerLine(line: string, search: AskTell): Promise<Json> {
  try {
    return await answer(parseRequest(line), search);
  } catch (error) {
    if (!(error instanceof AssayError)) return { error: { code: 'internal', message: messageOf(error), hint: 'this is a bug of assay' } };
    const { code, message, place, hint } = error;
    return {
      error: { code, message: place === undefined ? message : `${place}: ${message}`, hint: hint ?? 'assay ask-tell --help says more' },
    };
  }
}

async function answer(request: Request, search: AskTell): Promise<Json> {
  switch (request.op) {
    case 'ask': {
      const { number, params } = await search.ask();
      return { number, params };
    }
    case 'report': {
      const decision = await search.report(request.number, request.step, request.value);
      return decision.prune ? { prune: true, reason: decision.reason } : { prune: false };
    }
    case 'tell':
      await search.tell(request.number, toldOf(request));
      return { ok: true };
    case 'add':
      return { number: (await search.add(request.params, resultOf(request))).number };
    case 'best': {
      const best = await search.best();
      if (best[0] === undefined)
        throw new AssayError('not_found', 'there is no best trial yet', { hint: 'tell the value of a trial that meets its constraints' });
      return best[0].values.length === 1 ? bestJson(best[0]) : { trials: best.map(bestJson) };
    }
    case 'recommend': {
      const [first] = await search.recommend();
      if (first === undefined)
        throw new AssayError('not_found', 'there is nothing to recommend yet', {
          hint: 'tell the value of a trial that meets its constraints',
        });
      const { number, params, trials, observed, expected, inWords } = first;
      return {
        number,
        params,
        trials: [...trials],
        observed: jsonOf(observed),
        expected: expected === null ? null : { ...expected },
        inWords,
      };
    }
  }
}

function parseRequest(line: string): Request {
  const document = parseJson(line);
  const reserved = reservedKeyIn(document);
  if (reserved !== null) throw new AssayError('usage', `${reserved}: no object may have this key`, { hint: 'leave it out' });
  const known = Object.keys(requests).join(', ');
  const op = typeof document === 'object' && document !== null && 'op' in document ? document.op : undefined;
  if (typeof op !== 'string' || !Object.hasOwn(requests, op))
    throw new AssayError('usage', op === undefined ? 'the line has no op' : `there is no op ${JSON.stringify(op)}`, {
      hint: `write {"op":"ask"}; ops: ${known}`,
    });
  const parsed = requests[op as keyof Requests].safeParse(document);
  if (parsed.success) return parsed.data;
  const schema = requests[op as keyof Requests];
  const { keys, because, hint } = settingFault(schema, document, parsed.error);
  const [name, takes] = [keys.join('.'), `${op} takes ${Object.keys(schema.shape).join(', ')}`];
  throw new AssayError('usage', because === unknownKey ? `${op} has no ${name}` : `${name}: ${because}`, {
    hint: hint === undefined ? takes : `${hint} ${takes}`,
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AssayError('usage', `the line is no JSON: ${messageOf(cause)}`, {
      cause,
      hint: 'write one JSON object a line; numbers that are not finite as text: "NaN", "Infinity", "-Infinity"',
    });
  }
}

function toldOf(request: Requests['tell']): Told {
  if (request.state === 'complete') return { state: 'complete', ...resultOf(request) };
  const { value, values, constraints, variance, sd, seeds } = request;
  if ([value, values, constraints, variance, sd, seeds].some((given) => given !== undefined))
    throw new AssayError('usage', `a ${request.state} trial has no value`, {
      hint: 'leave value out; what a pruned trial reached is known from its reports',
    });
  const { state, dailyReturns } = request;
  if (dailyReturns === undefined) return { state };
  if (state === 'pruned') return { state, dailyReturns };
  throw new AssayError('usage', 'a failed trial has no dailyReturns', { hint: 'leave them out' });
}

function resultOf({ value, values, constraints, variance, sd, seeds, dailyReturns }: Result): ToldValue {
  if ((value === undefined) === (values === undefined))
    throw new AssayError('usage', 'a complete trial needs value, or values for several objectives, not both', {
      hint: 'write "value":0.1',
    });
  return {
    values: values ?? [value!],
    ...(constraints !== undefined && { constraints }),
    ...((variance ?? sd ?? seeds) !== undefined && { noise: checkedNoise({ variance, sd, seeds }, 'usage') }),
    ...(dailyReturns !== undefined && { dailyReturns }),
  };
}

function bestJson({ number, values, params }: BestTrial): Json {
  const numbers = values.map(jsonOf);
  return { number, ...(numbers.length === 1 ? { value: numbers[0]! } : { values: numbers }), params };
}

/** A number that is not finite is text, since JSON has none. */
function jsonOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
