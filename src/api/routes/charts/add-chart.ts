import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChartSource } from '../../charts/figure.ts';
import { answerOf } from '../../charts/numbers.ts';
import { type Shown, tagged } from '../../revision-tag.ts';
import { studyPath, taggedAnswersWith } from '../../schemas.ts';

interface ChartRoute<Query extends z.ZodRawShape, Answer extends z.ZodType> {
  /** The last part of its address. */
  readonly kind: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query: Query;
  readonly answer: Answer;
  /** Default: the chart. */
  readonly description?: string;
}

/** What a chart reads of a study, by its name and the query; infinities and NaN are flagged when it is answered. */
type Read<Query extends z.ZodRawShape, Answer extends z.ZodType> = (
  study: string,
  query: z.output<z.ZodObject<Query>>,
) => Promise<z.output<Answer>>;

/**
 * Adds `GET /v1/studies/{study}/charts/{kind}`, answered with an ETag.
 * @param shown what the answer shows beside the study and its trials. Default: nothing, so the answer is kept while its ETag holds
 */
export function addChart<Query extends z.ZodRawShape, Answer extends z.ZodType>(
  app: OpenAPIHono,
  source: ChartSource,
  { kind, operationId, summary, query, answer, description = 'The chart' }: ChartRoute<Query, Answer>,
  read: Read<Query, Answer>,
  shown: (query: z.output<z.ZodObject<Query>>) => Shown = () => ({ answers: source.answers }),
): void {
  const route = createRoute({
    method: 'get',
    path: `/v1/studies/{study}/charts/${kind}`,
    operationId,
    summary,
    request: { params: studyPath, query: z.strictObject(query) },
    responses: taggedAnswersWith(answer, description),
  });
  app.openapi(route, (c) => {
    const { study } = c.req.valid('param');
    const asked = c.req.valid('query') as z.output<z.ZodObject<Query>>;
    return tagged(c, source.db, study, async () => c.json(answerOf((await read(study, asked)) as object), 200), shown(asked));
  });
}
