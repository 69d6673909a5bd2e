import type { Context } from 'hono';
import type { Db } from '../storage/database.ts';
import { type StudyRevision, studyRevision } from '../storage/readers/study-revision.ts';

/**
 * Answers a resource of a study with the ETag `W/"{study}-{revision}"`; 304 without reading it if the client has that already.
 * While a trial runs, its progress is part of the tag; `evaluated` adds the progress of validations and the looks of
 * other studies, for resources that show them.
 * Rates and times left are as of the last change.
 *
 * The tag is read before the resource: one that changes in between goes out with the older tag, and the next poll fetches it again.
 */
export async function tagged(
  c: Context,
  db: Db,
  study: string,
  respond: () => Promise<Response>,
  { evaluated = false }: { readonly evaluated?: boolean } = {},
): Promise<Response> {
  const revision = await studyRevision(db, study);
  if (revision === null) return respond();
  const headers = { ETag: tagOf(study, revision, evaluated), 'Cache-Control': 'private, no-cache' };
  if (matchesTag(c.req.header('if-none-match'), headers.ETag)) return c.body(null, 304, headers);
  const answer = await respond();
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** The revisions of a study that a list of its tags names; none for tags of something else. */
export function revisionsOf(study: string, tags: string): readonly number[] {
  return tags.split(',').flatMap((tag) => {
    const text = /^(?:W\/)?"(?<text>[^"]*)"$/.exec(tag.trim())?.groups?.['text'] ?? '';
    const revision = text.startsWith(`${study}-`) ? /^[0-9]{1,15}(?=$|\.[rj])/.exec(text.slice(study.length + 1)) : null;
    return revision === null ? [] : [Number(revision[0])];
  });
}

/** Names of studies hold no character that a tag may not. */
function tagOf(study: string, { revision, progress, evaluations: evaluated, lastLook }: StudyRevision, withEvaluations: boolean): string {
  const parts = [
    String(revision),
    ...(progress === null ? [] : [`r${progress}`]),
    ...(withEvaluations && evaluated > 0 ? [`j${evaluated}`, `l${lastLook}`] : []),
  ];
  return `W/"${study}-${parts.join('.')}"`;
}

/** RFC 9110, 13.1.2: any of the listed tags, compared weakly; `*` is whatever there is. */
export function matchesTag(given: string | undefined, tag: string): boolean {
  if (given === undefined) return false;
  const weak = (text: string) => text.trim().replace(/^W\//, '');
  return given.trim() === '*' || given.split(',').some((other) => weak(other) === weak(tag));
}
