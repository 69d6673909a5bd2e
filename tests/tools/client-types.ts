/** Writes the types and the list of operations of `assay/client` from the published document of the API. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** For browsers and probes, or with a function of their own. */
const leftOut = new Set(['metrics', 'openapi', 'beginSession', 'endSession', 'showSession', 'followStudy']);

/** How a body is read, by its type. */
const readAs: Readonly<Record<string, 'text' | 'bytes'>> = { 'text/html': 'text', 'application/octet-stream': 'bytes' };

const plain: Readonly<Record<string, string>> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' };

export function typeOf(schema: Schema, optional = '?: '): string {
  const { $ref, type, anyOf, oneOf, allOf, items } = schema;
  const each = (list: readonly Schema[], by: string): string => unique(list.map((one) => wrapped(typeOf(one, optional)))).join(by);
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined || oneOf !== undefined) return each((anyOf ?? oneOf)!, ' | ');
  if (allOf !== undefined) return each(allOf, ' & ');
  if (typeof type === 'object')
    return each(
      type.map((one) => ({ ...schema, type: one })),
      ' | ',
    );
  if (type === 'array') return `readonly ${wrapped(typeOf(items ?? {}, optional))}[]`;
  if (type === 'object' || schema.properties !== undefined) return objectOf(schema, optional);
  return type === undefined ? 'unknown' : plain[type]!;
}

const wrapped = (text: string): string => (/[|&]|^readonly /.test(text) && !/^[{(]/.test(text) ? `(${text})` : text);

const unique = <Value>(list: readonly Value[]): readonly Value[] => [...new Set(list)];

function objectOf({ properties = {}, required = [], additionalProperties: further }: Schema, optional: string): string {
  const members = Object.entries(properties).map(
    ([name, schema]) =>
      `${said(schema.description)}readonly ${keyOf(name)}${required.includes(name) ? ': ' : optional}${typeOf(schema, optional)};`,
  );
  if (members.length === 0 && !further) return 'Readonly<Record<never, never>>';
  if (further === undefined || further === false) return `{\n${members.join('\n')}\n}`;
  const rest = `Readonly<Record<string, ${further === true ? 'unknown' : typeOf(further, optional)}>>`;
  return members.length === 0 ? rest : `{\n${members.join('\n')}\n} & Readonly<Record<string, unknown>>`;
}

const keyOf = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));

const said = (description: string | undefined): string =>
  description === undefined ? '' : `/** ${description.replaceAll('*/', '* /')} */\n`;

/** Indents by the braces. */
function indented(text: string): string {
  let depth = 0;
  return text
    .split('\n')
    .map((line) => {
      const isComment = line.startsWith('/**');
      if (!isComment && line.startsWith('}')) depth -= 1;
      const written = line === '' ? '' : '  '.repeat(depth) + line;
      if (!isComment && line.endsWith('{')) depth += 1;
      return written;
    })
    .join('\n');
}

/** What a caller gives: the parts of the path and of the query by name, and the body. */
function requestOf({ parameters = [], requestBody }: Operation): Schema {
  const given = parameters.filter((one) => one.in !== 'header');
  const body = requestBody?.content['application/json']?.schema;
  return {
    type: 'object',
    properties: { ...Object.fromEntries(given.map(({ name, schema }) => [name, schema])), ...(body && { body }) },
    required: [...given.flatMap(({ name, required }) => (required ? [name] : [])), ...(requestBody?.required ? ['body'] : [])],
  };
}

function answerOf({ responses }: Operation): { readonly as: 'json' | 'text' | 'bytes'; readonly type: string } {
  const [[media, { schema }] = ['', { schema: {} }]] = Object.entries(responses['200']?.content ?? {});
  const as = readAs[media] ?? 'json';
  return { as, type: as === 'json' ? typeOf(schema) : as === 'text' ? 'string' : 'Uint8Array' };
}

/** The text of src/client/api.ts. */
export function clientSource({ paths, components }: Document): string {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      leftOut.has(operation.operationId) ? [] : [{ path, method: method.toUpperCase(), operation }],
    ),
  );
  const listed = all.map(({ path, method, operation }) => {
    const { as } = answerOf(operation);
    const isKeyed = operation.parameters?.some(({ name }) => name === 'idempotency-key') === true;
    return `${operation.operationId}: { method: '${method}', path: '${path}'${isKeyed ? ', keyed: true' : ''}${as === 'json' ? '' : `, as: '${as}'`} },`;
  });
  const named = Object.entries(components.schemas)
    .filter(([name]) => !['Session', 'StandingSession'].includes(name))
    .map(([name, schema]) => `${said(schema.description)}export type ${name} = ${typeOf(schema)};\n`);
  const members = (of: (operation: Operation) => string): string =>
    all.map(({ operation }) => `${said(operation.summary)}readonly ${operation.operationId}: ${of(operation)};`).join('\n');
  return indented(
    [
      '/**',
      ' * The operations of the API and the types of what they take and answer, written from its document by tests/tools/client-types.ts:',
      ' * `npx vitest run --config tests/vitest.config.ts src/client/api.test.ts -u` writes them anew.',
      ' */',
      '',
      'export const operations = {',
      ...listed,
      '} as const;',
      '',
      '/** What each operation takes: parts of the path and the query by name, and the body. */',
      'export interface Requests {',
      members((operation) => typeOf(requestOf(operation), '?: undefined | ')),
      '}',
      '',
      '/** What each operation answers. */',
      'export interface Answers {',
      members((operation) => answerOf(operation).type),
      '}',
      '',
      ...named,
    ].join('\n'),
  );
}
