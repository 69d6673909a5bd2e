import { AssayError, messageOf } from './errors.ts';

/** What a lane gets in place of what it waited for, because another ended: never the reason, always a consequence. */
export class MemberEnded extends AssayError {}

/** Where several flows of control, lanes, wait for each other. Each waits for one thing at a time. */
export interface Barrier {
  readonly members: number;
  /**
   * Resolves once every lane has come for the same topic: the last one's `work` is done once on what they brought, by lane, and all get
   * its result, or its error. Where all wait, but not for the same, nobody would ever come: all get an error that says so.
   */
  readonly arrive: <Value, Result>(
    member: number,
    topic: string,
    value: Value,
    work: (values: readonly Value[]) => Promise<Result>,
  ) => Promise<Result>;
  /** Whoever waits for the topic gets the error instead. */
  readonly refuse: (topic: string, error: Error) => void;
  /** The lane comes no more. Whoever waits, and whoever comes from now on, gets an error that says why. */
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
    return new AssayError('internal', `lanes that go in step wait for different things: ${places.join(', ')}`);
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
        if (waiting.has(member)) return reject(new AssayError('internal', `lane ${member + 1} waits for ${topic} and for something else`));
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
      over ??= new MemberEnded('trial_failed', `lane ${member + 1} of ${members} has ended: ${messageOf(why)}`, { cause: why });
      for (const { reject } of take()) reject(over);
    },
  };
}
