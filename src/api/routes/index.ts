import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RouteContext } from '../route-context.ts';
import { addBest } from './best.ts';
import { addBoard } from './board.ts';
import { addCharts } from './charts/index.ts';
import { addCompare } from './compare.ts';
import { addData } from './data.ts';
import { addDocument } from './document.ts';
import { addEvents } from './events.ts';
import { addFreezes } from './freezes.ts';
import { addGates } from './gates.ts';
import { addHealth } from './health.ts';
import { addImportance } from './importance.ts';
import { addLedger } from './ledger.ts';
import { addMetrics } from './metrics.ts';
import { addModels } from './models.ts';
import { addPaired } from './paired.ts';
import { addPlan } from './plan.ts';
import { addPromotions } from './promotions.ts';
import { addRecommendation } from './recommendation.ts';
import { addReports } from './reports.ts';
import { addSession } from './session.ts';
import { addStudies } from './studies.ts';
import { addStudyControls } from './study-controls.ts';
import { addTrialControls } from './trial-controls.ts';
import { addTrials } from './trials.ts';
import { addValidation } from './validation.ts';
import { addVault } from './vault.ts';
import { addVersions } from './versions.ts';

/** Every route of the API, one entry for each file of this folder. Metrics come first, as they time the others; the document last, as it describes them. */
export const routes: readonly ((app: OpenAPIHono, context: RouteContext) => void)[] = [
  addMetrics,
  addStudies,
  addStudyControls,
  addFreezes,
  addEvents,
  addTrials,
  addTrialControls,
  addReports,
  addBest,
  addCompare,
  addPaired,
  addImportance,
  addRecommendation,
  addPlan,
  addCharts,
  addValidation,
  addGates,
  addVault,
  addModels,
  addBoard,
  addPromotions,
  addVersions,
  addLedger,
  addData,
  addSession,
  addHealth,
  addDocument,
];
