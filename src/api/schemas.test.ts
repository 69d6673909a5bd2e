import type { z } from '@hono/zod-openapi';
import { expectTypeOf, test } from 'vitest';
import type { HistoryItem } from '../registry/history.ts';
import type { ModelDetail, ModelItem } from '../registry/models.ts';
import type { BestTrials } from '../storage/readers/best-trials.ts';
import type { Comparison } from '../storage/readers/compare-studies.ts';
import type { Page } from '../storage/readers/page.ts';
import type { Reports } from '../storage/readers/read-reports.ts';
import type { TrialDetail } from '../storage/readers/show-trial.ts';
import type { StudyItem } from '../storage/readers/study-item.ts';
import type { TrialItem } from '../storage/readers/trial-item.ts';
import type { TrialPaths } from '../storage/validations/read-paths.ts';
import type { ValidationItem } from '../storage/validations/read-validation.ts';
import type { bestSchema } from './routes/best.ts';
import type { comparisonSchema } from './routes/compare.ts';
import type { historyPageSchema, modelDetailSchema, modelsSchema } from './routes/models.ts';
import type { reportsSchema } from './routes/reports.ts';
import type { ShownStudy, studiesPageSchema, studyDetailSchema } from './routes/studies.ts';
import type { trialDetailSchema, trialsPageSchema } from './routes/trials.ts';
import type { pathsSchema, validationsSchema } from './routes/validation.ts';

/** A type without its readonly marks, all the way down: schemas and readers may differ in those only. */
type Plain<T> = T extends readonly (infer Item)[] ? Plain<Item>[] : T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> } : T;

type Answer<Schema extends z.ZodType> = Plain<z.infer<Schema>>;

test('every answer is documented exactly as the readers give it', () => {
  expectTypeOf<Answer<typeof studiesPageSchema>>().toEqualTypeOf<Plain<Page<StudyItem>>>();
  expectTypeOf<Answer<typeof studyDetailSchema>>().toEqualTypeOf<Plain<ShownStudy>>();
  expectTypeOf<Answer<typeof trialsPageSchema>>().toEqualTypeOf<Plain<Page<TrialItem>>>();
  expectTypeOf<Answer<typeof trialDetailSchema>>().toEqualTypeOf<Plain<TrialDetail>>();
  expectTypeOf<Answer<typeof reportsSchema>>().toEqualTypeOf<Plain<Reports>>();
  expectTypeOf<Answer<typeof bestSchema>>().toEqualTypeOf<Plain<BestTrials>>();
  expectTypeOf<Answer<typeof comparisonSchema>>().toEqualTypeOf<Plain<Comparison>>();
  expectTypeOf<Answer<typeof validationsSchema>>().toEqualTypeOf<{ items: Plain<ValidationItem>[] }>();
  expectTypeOf<Answer<typeof pathsSchema>>().toEqualTypeOf<Plain<TrialPaths>>();
  expectTypeOf<Answer<typeof modelsSchema>>().toEqualTypeOf<Plain<Page<ModelItem>>>();
  expectTypeOf<Answer<typeof modelDetailSchema>>().toEqualTypeOf<Plain<ModelDetail>>();
  expectTypeOf<Answer<typeof historyPageSchema>>().toEqualTypeOf<Plain<Page<HistoryItem>>>();
});
