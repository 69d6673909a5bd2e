import type { StudyRevision } from '../storage/readers/study-revision.ts';

/** What an answer is about: the resource with its query, the study as it is, and everything else that the answer shows. */
export interface Asked {
  readonly url: string;
  readonly study: Pick<StudyRevision, 'id' | 'revision'>;
  readonly tag: string;
}

export interface AnswerStore {
  /** The kept body of an answer with this tag, else that of `respond`, which is kept. What is no success is not kept. */
  readonly answer: (asked: Asked, respond: () => Promise<Response>) => Promise<Response>;
  /** Of all bodies and their addresses. */
  readonly bytes: () => number;
}

interface Kept extends Omit<Asked, 'url'> {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/**
 * Keeps one answer of each address while its tag holds; beyond `mostBytes` those that were not asked for longest are dropped. For resources
 * that depend on nothing but what their tag tells.
 */
export function createAnswerStore(mostBytes: number): AnswerStore {
  /** The newest use is last. */
  const answers = new Map<string, Kept>();
  let bytes = 0;

  const drop = (url: string): void => {
    const kept = answers.get(url);
    if (kept === undefined) return;
    answers.delete(url);
    bytes -= sizeOf(url, kept);
  };

  const keep = (url: string, kept: Kept): void => {
    drop(url);
    answers.set(url, kept);
    bytes += sizeOf(url, kept);
    for (const [oldest] of answers) if (bytes > mostBytes) drop(oldest);
  };

  /** A server that was restored from an older copy counts again from there, and would come to the same tags with other trials. */
  const forgetFuture = ({ id, revision }: Asked['study']): void => {
    for (const [url, { study }] of answers) if (study.id === id && study.revision > revision) drop(url);
  };

  return {
    bytes: () => bytes,
    answer: async ({ url, study, tag }, respond) => {
      forgetFuture(study);
      const known = answers.get(url);
      if (known?.tag === tag) {
        keep(url, known);
        return new Response(known.body, { headers: { 'Content-Type': known.type } });
      }
      const answer = await respond();
      if (answer.status !== 200) return answer;
      const body = new Uint8Array(await answer.arrayBuffer());
      keep(url, { study, tag, body, type: answer.headers.get('Content-Type') ?? 'application/json' });
      return new Response(body, answer);
    },
  };
}

function sizeOf(url: string, { body }: Kept): number {
  return 2 * url.length + body.byteLength;
}
