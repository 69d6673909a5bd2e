import { readdirSync } from 'node:fs';
import { z } from '@hono/zod-openapi';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drizzle } from 'drizzle-orm/node-postgres';
import { expect, test } from 'vitest';
import { createApi } from './app.ts';
import { routes } from './routes/index.ts';

/** Never asked. */
const db = drizzle('postgresql://127.0.0.1:1/none');

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly info: object;
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes?: object };
  readonly security?: readonly object[];
}

async function document(token?: string): Promise<OpenApi> {
  const headers = new Headers(token === undefined ? [] : [['Authorization', `Bearer ${token}`]]);
  return (await createApi({ db, token }).request('/openapi.json', { headers })).json() as Promise<OpenApi>;
}

const operations = async () =>
  Object.entries((await document()).paths).flatMap(([path, methods]) =>
    (['get', 'post'] as const).flatMap((method) => (methods[method] === undefined ? [] : [{ path, method, operation: methods[method] }])),
  );

test('the document holds every route of the interface, and every route that the app has', async () => {
  const documented = Object.keys((await document()).paths).toSorted();
  expect(documented).toEqual([
    '/healthz',
    '/metrics',
    '/openapi.json',
    '/readyz',
    '/v1/compare',
    '/v1/compare/paired',
    '/v1/data',
    '/v1/freezes',
    '/v1/freezes/{group}',
    '/v1/ledger/anchor',
    '/v1/ledger/verify',
    '/v1/models',
    '/v1/models/{model}',
    '/v1/models/{model}/aliases/{alias}/rollback',
    '/v1/models/{model}/board',
    '/v1/models/{model}/history',
    '/v1/models/{model}/records/{sequence}',
    '/v1/models/{model}/versions/{version}',
    '/v1/models/{model}/versions/{version}/card.html',
    '/v1/models/{model}/versions/{version}/evidence.bundle',
    '/v1/models/{model}/versions/{version}/policy.onnx',
    '/v1/session',
    '/v1/studies',
    '/v1/studies/{study}',
    '/v1/studies/{study}/ablations',
    '/v1/studies/{study}/best',
    '/v1/studies/{study}/cancel',
    '/v1/studies/{study}/charts/contour',
    '/v1/studies/{study}/charts/curves',
    '/v1/studies/{study}/charts/degradation',
    '/v1/studies/{study}/charts/edf',
    '/v1/studies/{study}/charts/front',
    '/v1/studies/{study}/charts/history',
    '/v1/studies/{study}/charts/importance',
    '/v1/studies/{study}/charts/luck',
    '/v1/studies/{study}/charts/overfit',
    '/v1/studies/{study}/charts/parallel',
    '/v1/studies/{study}/charts/same-data',
    '/v1/studies/{study}/charts/slice',
    '/v1/studies/{study}/charts/timeline',
    '/v1/studies/{study}/events',
    '/v1/studies/{study}/importance',
    '/v1/studies/{study}/pause',
    '/v1/studies/{study}/plan',
    '/v1/studies/{study}/recommendation',
    '/v1/studies/{study}/resume',
    '/v1/studies/{study}/stop',
    '/v1/studies/{study}/trials',
    '/v1/studies/{study}/trials/{number}',
    '/v1/studies/{study}/trials/{number}/cancel',
    '/v1/studies/{study}/trials/{number}/gates',
    '/v1/studies/{study}/trials/{number}/paths',
    '/v1/studies/{study}/trials/{number}/pause',
    '/v1/studies/{study}/trials/{number}/promote',
    '/v1/studies/{study}/trials/{number}/reports',
    '/v1/studies/{study}/trials/{number}/resume',
    '/v1/studies/{study}/trials/{number}/retry',
    '/v1/studies/{study}/trials/{number}/returns',
    '/v1/studies/{study}/trials/{number}/validation',
    '/v1/studies/{study}/trials/{number}/validation/equity',
    '/v1/studies/{study}/trials/{number}/validation/folds',
    '/v1/studies/{study}/trials/{number}/vault',
  ]);
  const routed = createApi({ db })
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
  expect([...new Set(routed)].toSorted()).toEqual(documented);
});

test('every file of routes has its line in the list', () => {
  const files = readdirSync(new URL('./routes/', import.meta.url)).filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'));
  expect(routes).toHaveLength(files.length);
});

test('it is OpenAPI 3.1 whose references all resolve', async () => {
  const whole = await document();
  expect(whole).toMatchObject({ openapi: '3.1.0', info: { title: 'Assay', version: 'v1' } });
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
  const known = Object.keys(whole.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(known).toEqual(expect.arrayContaining([...new Set(references)]));
  expect(references).toContain('#/components/schemas/Param');
  expect(references).toContain('#/components/schemas/Problem');
});

const reading = ['400', '401', '404', '421', '429', '500', '503'];
/** What was not judged, or not alike, is a conflict. */
const comparing = reading.toSpliced(3, 0, '409');
const ordering = ['400', '401', '403', '404', '409', '412', '413', '415', '421', '429', '500', '503'];

test('every operation has a name of its own, its path parameters, a described answer and its problems', async () => {
  const all = await operations();
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  for (const { path, method, operation } of all) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
    const types = {
      '/card.html': 'text/html',
      '/evidence.bundle': 'application/octet-stream',
      '/metrics': 'text/plain',
      '/events': 'text/event-stream',
      '.onnx': 'application/octet-stream',
    };
    const type = Object.entries(types).find(([end]) => path.endsWith(end))?.[1] ?? 'application/json';
    expect(operation.responses['200']?.content?.[type]?.schema).toBeTypeOf('object');
    const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    if (path.startsWith('/v1'))
      expect(problems.map(([status]) => status)).toEqual([
        ...(method === 'post' ? ordering : /\/(paired|gates)$/.test(path) ? comparing : reading),
      ]);
    for (const [, { content }] of problems)
      expect(content?.['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
  }
});

test('it says what the API does, and every pattern in it means the same in every dialect of regular expressions', async () => {
  const whole = await document();
  expect(JSON.stringify(whole.info)).not.toMatch(/read-only/i);
  const patterns = [...JSON.stringify(whole).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text!) as string);
  expect(patterns.length).toBeGreaterThan(10);
  // No classes that differ by dialect, no octal escapes, no look-around.
  expect(patterns.filter((pattern) => /\\[dDwWsSbB0pPkuc]|\(\?/.test(pattern))).toEqual([]);
});

test('limits, defaults and lists are documented as they are enforced', async () => {
  const { paths } = await document();
  const parameters = paths['/v1/studies/{study}/trials']?.get?.parameters ?? [];
  const named = (wanted: string) => parameters.find(({ name }) => name === wanted);
  expect(named('limit')?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
  expect(named('state')).toMatchObject({
    style: 'form',
    explode: false,
    schema: { type: 'array', items: { enum: expect.arrayContaining(['pruned']) } },
  });
});

test('what follows a study documents its events, and both ways to go on', async () => {
  const { paths, components } = await document();
  const { parameters = [], responses } = paths['/v1/studies/{study}/events']!.get!;
  expect(responses['200']?.content).toEqual({ 'text/event-stream': { schema: { $ref: '#/components/schemas/Changes' } } });
  expect(components.schemas['End']).toMatchObject({ properties: { state: { enum: ['complete', 'stopped', 'removed'] } } });
  expect(components.schemas['ChangedTrial']).toMatchObject({ required: expect.arrayContaining(['number', 'revision', 'state']) });
  expect(components.schemas['ChangedTrial']).toMatchObject({ required: expect.not.arrayContaining(['params']) });
  const named = (wanted: string) => parameters.find(({ name }) => name === wanted);
  for (const name of ['since', 'last-event-id'])
    expect(named(name)).toMatchObject({ required: false, schema: { type: 'string', pattern: expect.any(String) } });
  expect(named('params')).toMatchObject({ schema: { type: 'boolean', default: false } });
});

test('a token is documented where there is one', async () => {
  expect(await document('secret')).toMatchObject({
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'assay' } },
    },
  });
  expect(await document()).not.toHaveProperty('security');
});

interface JsonSchema {
  readonly $ref?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

/** The documented schema itself and those that it consists of (`$ref`, `allOf`). */
function partsOf(documented: JsonSchema | undefined, whole: OpenApi): readonly JsonSchema[] {
  if (documented === undefined) return [];
  const named = documented.$ref === undefined ? [] : [whole.components.schemas[documented.$ref.replace('#/components/schemas/', '')]!];
  return [documented, ...[...named, ...(documented.allOf ?? [])].flatMap((part) => partsOf(part, whole))];
}

interface NullableMember {
  readonly place: string;
  readonly documented: JsonSchema | undefined;
}

/** Members of an answer that are null at times by their Zod schema, with their documented schemas. Custom schemas describe themselves. */
function nullableMembers(schema: unknown, documented: JsonSchema | undefined, whole: OpenApi, place: string): readonly NullableMember[] {
  const parts = partsOf(documented, whole);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, member]) => {
      const own = parts.find(({ properties }) => properties?.[name] !== undefined)?.properties?.[name];
      const here = { place: `${place}.${name}`, documented: own };
      const canBeNull = !(member instanceof z.ZodCustom) && member.safeParse(null).success;
      return [...(canBeNull ? [here] : []), ...nullableMembers(member, own, whole, here.place)];
    });
  if (schema instanceof z.ZodArray)
    return nullableMembers(schema.element, parts.find(({ items }) => items !== undefined)?.items, whole, `${place}[]`);
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return nullableMembers(schema.unwrap(), documented, whole, place);
  return [];
}

test('every member of an answer that can be null is documented as nullable, a member of a named schema too', async () => {
  const whole = await document();
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(whole, 'api');
  const acceptsNull = (documented: JsonSchema | undefined): boolean =>
    documented !== undefined && ajv.validate(JSON.parse(JSON.stringify(documented).replaceAll('"#/', '"api#/')) as object, null);
  const members = createApi({ db }).openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, responses } = definition.route;
    const answer = responses[200];
    const content = answer !== undefined && 'content' in answer ? answer.content?.['application/json'] : undefined;
    if (content === undefined || !('schema' in content)) return [];
    const documented = whole.paths[path]?.[method as 'get' | 'post']?.responses['200']?.content?.['application/json']?.schema;
    return nullableMembers(content.schema, documented, whole, `${method} ${path} `);
  });
  expect(members.length).toBeGreaterThan(50);
  expect(members.filter(({ documented }) => !acceptsNull(documented)).map(({ place }) => place)).toEqual([]);
});
