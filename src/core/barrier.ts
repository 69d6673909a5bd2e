import { AssayError, messageOf } from './errors.ts';

/** Error for members that wait because another member ended. Its `cause` is why that one ended. */
export class MemberEnded extends AssayError {}

/** A barrier for seeds that train in lockstep. Each member waits for one topic at a time. */
export interface Barrier {
  readonly members: number;
  /**
   * Resolves when every member has arrived at the same topic: `work` of the last one runs once on the values of all, in the order of the
   * members, and every member gets its result or its error. If all members wait, but for different topics, all get an error.
   */
  readonly arrive: <Value, Result>(
    member: number,
    topic: string,
    value: Value,
    work: (values: readonly Value[]) => Promise<Result>,
  ) => Promise<Result>;
  /** Rejects the members that wait for the topic. */
  readonly refuse: (topic: string, error: Error) => void;
  /** Removes a member. Every member that waits, and every later arrival, gets a `MemberEnded` error. */
  readonly leave: (member: number, why: unknown) => void;
}

interface Waiting {
  readonly topic: string;
  readonly value: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createBarrier(members: number): Barrier {
  const waiting = new Map<number, Waiting>();
  let over: MemberEnded | null = null;

  const take = (): readonly Waiting[] => {
    const all = [...waiting].sort(([a], [b]) => a - b).map(([, each]) => each);
    waiting.clear();
    return all;
  };
  const outOfStep = (): AssayError => {
    const places = [...waiting].map(([member, { topic }]) => `${member + 1} for ${topic}`);
    return new AssayError('internal', `members of a barrier wait for different topics: ${places.join(', ')}`);
  };
  const begin = (work: (values: readonly never[]) => Promise<unknown>): void => {
    const topics = new Set([...waiting.values()].map(({ topic }) => topic));
    const error = topics.size > 1 ? outOfStep() : null;
    const all = take();
    const result = error === null ? work(all.map(({ value }) => value as never)) : Promise.reject(error);
    result.then(
      (found) => {
        for (const { resolve } of all) resolve(found);
      },
      (reason: unknown) => {
        for (const { reject } of all) reject(reason);
      },
    );
  };

  return {
    members,
    arrive: <Value, Result>(member: number, topic: string, value: Value, work: (values: readonly Value[]) => Promise<Result>) =>
      new Promise<Result>((resolve, reject) => {
        if (over !== null) return reject(over);
        if (waiting.has(member)) return reject(new AssayError('internal', `member ${member + 1} waits for ${topic} and for another topic`));
        waiting.set(member, { topic, value, resolve: resolve as (result: unknown) => void, reject });
        return waiting.size === members ? begin(work) : undefined;
      }),
    refuse: (topic, error) => {
      for (const [member, each] of waiting) {
        if (each.topic !== topic) continue;
        waiting.delete(member);
        each.reject(error);
      }
    },
    leave: (member, why) => {
      over ??= new MemberEnded('trial_failed', `member ${member + 1} of ${members} has ended: ${messageOf(why)}`, { cause: why });
      for (const { reject } of take()) reject(over);
    },
  };
}
