import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pagesFolder } from '../../api/web/build.ts';
import { trialAddress } from '../../core/address.ts';
import { packageVersion } from '../../core/version.ts';
import type { Db } from '../../storage/database.ts';
import { type Answers, answersOf } from '../plot/answers.ts';
import type { ReportDocument } from './document.ts';

export interface ReportAsked {
  readonly study: string;
  /** Null: of the whole study. */
  readonly trial: number | null;
}

/** What the report of a study shows, as its components ask for it (`src/web/report`). */
const ofStudy = ['', '/best?top=10', '/charts/history', '/charts/importance', '/charts/curves?top=20&random=20'];

/** Beside that, what the report of a trial shows; `#` stands for its number. */
const ofTrial = ['/trials/#', '/charts/curves?numbers=#&top=0&random=0'];

/**
 * A report as one HTML file, which needs neither a server nor a network: the components of the pages with their answers.
 * @throws AssayError `not_found`; `unavailable` where the pages are not built and cannot be
 */
export async function makeReport(db: Db, dataDir: string | undefined, { study, trial }: ReportAsked): Promise<string> {
  const answers = await answersOf({ db, dataDir });
  const path = `/v1/studies/${encodeURIComponent(study)}`;
  const addresses = [...ofStudy, ...(trial === null ? [] : ofTrial)].map((address) => path + address.replaceAll('#', String(trial)));
  // The trial first: of one that is not there nothing else is read.
  const read = await readAll(answers, addresses.toReversed());
  const document: ReportDocument = { study, trial, madeAt: new Date().toISOString(), version: packageVersion, answers: read };
  const template = await readFile(join(await pagesFolder({ dataDir }), 'report.html'), 'utf8');
  return filled(template, trial === null ? study : trialAddress(study, trial), document);
}

async function readAll(answers: Answers, addresses: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const read: Record<string, unknown> = {};
  for (const address of addresses) read[address] = await answers(address);
  return read;
}

/** The template with what it says and carries. Neither a title nor the data can end the element that they stand in. */
function filled(template: string, title: string, document: ReportDocument): string {
  const data = JSON.stringify(document).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return template.replace('{{title}}', () => title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')).replace('{{report}}', () => data);
}
