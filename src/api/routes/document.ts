import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { anyProblemResponses } from '../problem.ts';
import type { RouteContext } from '../route-context.ts';

const documentSchema = z.custom<ReturnType<OpenAPIHono['getOpenAPI31Document']>>().openapi({ type: 'object', additionalProperties: true });

const show = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'openapi',
  summary: 'This document',
  responses: {
    200: {
      description: 'OpenAPI 3.1',
      content: { 'application/json': { schema: documentSchema } },
    },
    ...anyProblemResponses,
  },
});

/** The document of every route that the app has; add it last. */
export function addDocument(app: OpenAPIHono, { withToken }: RouteContext): void {
  if (withToken) {
    app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
    app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'assay' });
  }
  app.openapi(show, (c) => {
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Assay',
        version: 'v1',
        description:
          'Read and control studies, trials, validations and models: pause, resume, stop, cancel, queue, retry. ' +
          'With `If-Match` a command is carried out only while the study has not changed. Errors are RFC 9457 problems.',
      },
      ...(withToken && { security: [{ token: [] }, { session: [] }] }),
    });
    return c.json(document, 200);
  });
}
