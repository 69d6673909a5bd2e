import { z } from '@hono/zod-openapi';
import { namePattern } from '../core/address.ts';
import { maxPageLimit } from '../storage/readers/page.ts';
import { conflictResponse, controlProblemResponses, problemResponses } from './problem.ts';

/** Building blocks of requests and answers. What belongs to one resource stands in its route file. */

export const nameSchema = z.string().regex(namePattern, 'lower-case letters, digits, dot, underscore and hyphen, 100 at most');

const namePart = '[a-z0-9][a-z0-9._-]{0,99}';
/** An alias may begin with a digit and is no number. */
const aliasPart = '([a-z]|[0-9]+[a-z._-])[a-z0-9._-]{0,80}';

export const aliasSchema = z
  .string()
  .regex(new RegExp(`^${aliasPart}$`), 'lower-case letters, digits, dot, underscore and hyphen; not a number alone');

export const modelAliasSchema = z.string().regex(new RegExp(`^${namePart}@${aliasPart}$`), 'it takes model@alias');

/** A trial, or a version of a model. */
export const judgedSchema = z
  .string()
  .regex(
    new RegExp(`^${namePart}(#(0|[1-9][0-9]{0,8})|@([1-9][0-9]{0,8}|${aliasPart}))$`),
    'it takes study#number, model@alias or model@version',
  )
  .openapi({ description: '`study#42`, or a model: `scalper@champion`, `scalper@7`', example: 'scalper@champion' });

const inPath = <Name extends string>(name: Name) => ({ param: { name, in: 'path' as const } });

export const studyPath = z.object({ study: nameSchema.openapi({ ...inPath('study'), example: 'nvda-msft' }) });

export const trialPath = studyPath.extend({
  number: wholeNumberFrom(0, 999_999_999).openapi({ ...inPath('number'), example: 42 }),
});

export const modelPath = z.object({ model: nameSchema.openapi({ ...inPath('model'), example: 'pairs' }) });

/** PostgreSQL has no text with a zero character. The pattern is one that other dialects of regular expressions read, too. */
export const textSchema = z
  .string()
  .refine((text) => !text.includes('\0'), 'a zero character cannot be part of it')
  .openapi({ pattern: '^[^\\x00]*$' });

/** A whole number of a query or path: digits and nothing else. */
export function wholeNumberFrom(low: number, high: number) {
  const digits = z.string().regex(/^(0|[1-9][0-9]{0,8})$/, `it takes a whole number from ${low} to ${high}`);
  const range = `it takes a whole number from ${low} to ${high}`;
  const number = z.int().min(low, range).max(high, range);
  return digits.transform(Number).pipe(number).openapi({ type: 'integer', minimum: low, maximum: high });
}

/** A description of the command line as the document writes it. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const pageQuery = {
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'a cursor is `next` of the page before')
    .optional()
    .openapi({ description: '`next` of the page before; opaque' }),
  limit: wholeNumberFrom(1, maxPageLimit).default(50).openapi({ default: 50 }),
};

/** A value or null. Needed for named schemas: the OpenAPI generator writes `$ref` for them and drops `nullable()`. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** `a,b`, or the parameter once for each. */
export function listOf<Item extends z.ZodType<string>>(item: Item, most: number) {
  return z
    .preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(item).min(1).max(most))
    .openapi({ param: { style: 'form', explode: false } });
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).readonly(),
    next: z.string().nullable().openapi({ description: 'The cursor of the next page; null at the end' }),
    total: z.number().int().openapi({ description: 'How many there are on all pages' }),
    totalAtLeast: perhaps(z.literal(true).openapi({ description: 'Counting stopped at `total`: there are more' })),
  });
}

export const jsonNumberSchema = z.number().nullable();

export const metricsSchema = z.record(z.string(), jsonNumberSchema);

/**
 * A member of an answer that is there or is not; JSON has no undefined. Zod's own `exactOptional` says so too, but the generator of the
 * document does not know it and calls the member required.
 */
export function perhaps<Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> {
  return schema.optional() as unknown as z.ZodExactOptional<Schema>;
}

/** Names of values that JSON cannot represent: NaN and infinities. */
export const nonFiniteFlag = {
  nonFinite: perhaps(
    z
      .record(z.string(), z.enum(['NaN', 'Infinity', '-Infinity']))
      .openapi({ description: 'Values that are null because JSON cannot represent them, by name' }),
  ),
};

export const timeSchema = z.string().openapi({ format: 'date-time', description: 'RFC 3339, UTC' });

export const desiredStateSchema = z.enum(['open', 'paused', 'stopped']).openapi({ description: 'What people asked for' });

export const directionSchema = z.enum(['minimize', 'maximize']);

export const objectivesSchema = z
  .array(z.object({ name: z.string(), direction: directionSchema, reference: z.number().nullable() }))
  .readonly()
  .nullable()
  .openapi({ description: 'Of a study with several objectives; null: one' });

/** The responses of a route. */
export function answersWith<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 200: { description, content: { 'application/json': { schema } } }, ...problemResponses } as const;
}

/** The responses of a resource that carries an ETag. */
export function taggedAnswersWith<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { ...answersWith(schema, description), 304: { description: 'Nothing has changed since the ETag in If-None-Match' } } as const;
}

/** The responses of a route that changes something. */
export function controlAnswersWith<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { ...answersWith(schema, description), ...controlProblemResponses } as const;
}

/** The responses of a read that the state of what it is about may forbid. */
export function conflictingAnswersWith<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { ...answersWith(schema, description), ...conflictResponse } as const;
}

export const ifMatchHeader = z.object({
  'if-match': z.string().optional().openapi({
    description:
      'The ETag of what the control is about, as it was last read. A control that is carried out spends it, also where there was nothing to do',
  }),
});

export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string('send the header Idempotency-Key: a text of your own for this request, such as a UUID')
    .regex(/^[\x21-\x7e]{8,200}$/, '8 to 200 printable characters without blanks, such as a UUID')
    .openapi({
      description:
        'Chosen once for each trial or decision that is wanted: the same request sent again does nothing more, another one with the same key is refused',
    }),
});

export const ranOnSchema = z
  .record(z.string(), z.string())
  .nullable()
  .meta({ description: 'versions, processor, device and what computed; null where that was not kept' });
