import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from '@hono/zod-openapi';
import type { trialDetailSchema } from '../../api/routes/trials.ts';
import { pagesFolder } from '../../api/web/build.ts';
import { trialAddress } from '../../core/address.ts';
import { AssayError, exitCodeOf } from '../../core/errors.ts';
import { packageVersion } from '../../core/version.ts';
import type { Db } from '../../storage/database.ts';
import { answersOf } from '../plot/answers.ts';
import type { ReportDocument, ReportProblem } from './document.ts';

export interface ReportAsked {
  readonly study: string;
  /** Null: of the whole study. */
  readonly trial: number | null;
}

/** What the report of a study shows, as its components ask for it (`src/web/report`). */
const ofStudy = ['', '/best?top=10', '/charts/history', '/charts/importance', '/charts/curves?top=20&random=20'];

/** Beside that, what the report of a trial shows; `#` stands for its number. */
const ofTrial = ['/trials/#'];

/** And of a validated one. */
const ofEvidence = [
  '/trials/#/gates',
  '/trials/#/validation',
  '/trials/#/validation/folds',
  '/trials/#/validation/equity',
  '/charts/luck?number=#',
  '/charts/overfit',
  '/charts/degradation',
];

/**
 * A report as one HTML file, which needs neither a server nor a network: the components of the pages with their answers.
 * @throws AssayError `not_found`; `unavailable` where the pages are not built and cannot be
 */
export async function makeReport(db: Db, dataDir: string | undefined, { study, trial }: ReportAsked): Promise<string> {
  const answers = await answersOf({ db, dataDir });
  const path = `/v1/studies/${encodeURIComponent(study)}`;
  const at = (address: string): string => path + address.replaceAll('#', String(trial));
  const read: Record<string, unknown> = {};
  const problems: Record<string, ReportProblem> = {};
  // The trial first: of one that is not there nothing else is read.
  for (const address of (trial === null ? ofStudy : [...ofTrial, ...ofStudy]).map(at)) read[address] = await answers(address);
  if (trial !== null && isValidated(read[at('/trials/#')]))
    for (const address of ofEvidence.map(at)) {
      try {
        read[address] = await answers(address);
      } catch (error) {
        // Gates of another release, say, cannot be asked: the report says so in their place.
        if (!(error instanceof AssayError) || exitCodeOf(error) === 4) throw error;
        problems[address] = { code: error.code, detail: error.message, hint: error.hint ?? '' };
      }
    }
  const document: ReportDocument = { study, trial, madeAt: new Date().toISOString(), version: packageVersion, answers: read, problems };
  const template = await readFile(join(await pagesFolder({ dataDir }), 'report.html'), 'utf8');
  return filled(template, trial === null ? study : trialAddress(study, trial), document);
}

function isValidated(trial: unknown): boolean {
  return (trial as z.output<typeof trialDetailSchema>).validation !== null;
}

/** The template with what it says and carries. Neither a title nor the data can end the element that they stand in. */
function filled(template: string, title: string, document: ReportDocument): string {
  const data = JSON.stringify(document).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return template.replace('{{title}}', () => title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')).replace('{{report}}', () => data);
}
