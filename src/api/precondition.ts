import type { Context } from 'hono';
import type { StudyId } from '../search/study/storage.ts';
import type { OnlyAt } from '../storage/sql/only-at.ts';
import { ledgerSequences } from './ledger-tag.ts';
import { revisionsOf } from './revision-tag.ts';

/**
 * RFC 9110, 13.1.1: with `If-Match` a command is carried out only while the study is at the revision that the caller saw, 412 otherwise.
 * Tags of a study and of its trials name the same revision, so either may be sent. What they say beside it, how far running trials and
 * validations have come, is no condition. Without the header, and with `*`, there is none.
 */
export function onlyAtOf(c: Context, study: { readonly id: StudyId; readonly name: string }): OnlyAt {
  const given = c.req.header('if-match');
  return given === undefined || given.trim() === '*' ? null : revisionsOf(study, given);
}

/** The tags that `If-Match` names, without their quotes (null: no condition). */
export function tagsOf(c: Context): readonly string[] | null {
  const given = c.req.header('if-match');
  if (given === undefined || given.trim() === '*') return null;
  return given.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'));
}

/** The newest records of a model that `If-Match` names (null: no condition). */
export function sequencesOf(c: Context, model: string): readonly number[] | null {
  return tagsOf(c)?.flatMap((tag) => ledgerSequences(model, tag)) ?? null;
}
