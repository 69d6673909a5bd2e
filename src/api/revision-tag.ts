import type { Context } from 'hono';
import type { StudyId } from '../search/study/storage.ts';
import type { Db } from '../storage/database.ts';
import { sameDataRevision } from '../storage/readers/same-data.ts';
import { type EvaluationsRevision, evaluationsRevision, type StudyRevision, studyRevision } from '../storage/readers/study-revision.ts';
import type { AnswerStore } from './answer-store.ts';

/** What a resource shows beside the study and its trials. */
export interface Shown {
  /** Validations of the study, and the looks of all studies at days with the same bars. */
  readonly evaluated?: boolean;
  /** Every study that reads the same data, or others with the same bars on a day. */
  readonly sameData?: boolean;
  /** Further studies, by name. */
  readonly others?: readonly string[];
  /** Keeps the answer while its tag holds: for resources that depend on nothing else. */
  readonly answers?: AnswerStore;
}

/**
 * Answers a resource of a study with an ETag that begins with `W/"{study}-{revision}.s{key}`; 304 without reading it if the client has that
 * already. The key tells a study from one that was removed and had its name and, perhaps, its revision. While a trial runs, its progress is
 * part of the tag, and so is what else the resource shows. Rates and times left are as of the last change.
 *
 * The tag is read before the resource: one that changes in between goes out with the older tag, and the next poll fetches it again.
 */
export async function tagged(
  c: Context,
  db: Db,
  study: string,
  respond: () => Promise<Response>,
  { evaluated = false, sameData = false, others = [], answers }: Shown = {},
): Promise<Response> {
  const revision = await studyRevision(db, study);
  if (revision === null) return respond();
  const shown = evaluated ? await evaluationsRevision(db, revision.id) : null;
  const beside = await Promise.all(others.map((other) => studyRevision(db, other)));
  const onSameData = sameData ? await sameDataRevision(db, revision.id) : null;
  const headers = { ETag: tagOf(study, revision, shown, beside, onSameData), 'Cache-Control': 'private, no-cache' };
  if (matchesTag(c.req.header('if-none-match'), headers.ETag)) return c.body(null, 304, headers);
  const { pathname, search } = new URL(c.req.url);
  const answer = await (answers?.answer({ url: pathname + search, study: revision, tag: headers.ETag }, respond) ?? respond());
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** The revisions of a study that a list of its tags names; none for tags of something else, such as a study that had its name. */
export function revisionsOf({ id, name }: { readonly id: StudyId; readonly name: string }, tags: string): readonly number[] {
  return tags.split(',').flatMap((tag) => {
    const text = /^(?:W\/)?"(?<text>[^"]*)"$/.exec(tag.trim())?.groups?.['text'] ?? '';
    if (!text.startsWith(`${name}-`)) return [];
    // Without a key: as a client writes it that knows only the revision.
    const parts = /^(?<revision>[0-9]{1,15})(?:\.s(?<key>[0-9]+))?(?=$|\.[rjlod])/.exec(text.slice(name.length + 1))?.groups;
    return parts === undefined || (parts['key'] ?? String(id)) !== String(id) ? [] : [Number(parts['revision'])];
  });
}

/** Names of studies hold no character that a tag may not. */
function tagOf(
  study: string,
  { id, revision, progress }: StudyRevision,
  shown: EvaluationsRevision | null,
  beside: readonly (StudyRevision | null)[],
  onSameData: string | null,
): string {
  const parts = [
    `${revision}.s${id}`,
    ...(progress === null ? [] : [`r${progress}`]),
    ...(shown !== null && shown.evaluations > 0 ? [`j${shown.evaluations}`] : []),
    // Whether or not this study has an evaluation: what another one judged on the same days is shown before the first.
    ...(shown !== null && shown.lastLook + shown.lastDay > 0 ? [`l${shown.lastLook}_${shown.lastDay}`] : []),
    ...(onSameData === null ? [] : [`d${onSameData}`]),
    ...beside.map((other) => (other === null ? 'o' : `o${other.id}_${other.revision}_${other.progress ?? ''}`)),
  ];
  return `W/"${study}-${parts.join('.')}"`;
}

/** RFC 9110, 13.1.2: any of the listed tags, compared weakly; `*` is whatever there is. */
export function matchesTag(given: string | undefined, tag: string): boolean {
  if (given === undefined) return false;
  const weak = (text: string) => text.trim().replace(/^W\//, '');
  return given.trim() === '*' || given.split(',').some((other) => weak(other) === weak(tag));
}
