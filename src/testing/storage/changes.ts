import { describe, expect, test } from 'vitest';
import type { StudyId } from '../../search/study/storage.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import { begin, claimOne, complete, type StorageUnderTest } from './subject.ts';

/** A follower that reads only the changes of a study, in pages. */
export class Follower {
  readonly states = new Map<number, { readonly state: TrialState; readonly value: number | null }>();
  /** As `<revision>.<number>`, in the order in which they came. */
  readonly heard: string[] = [];
  position: string;
  readonly #subject: StorageUnderTest;
  readonly #study: StudyId;
  readonly #limit: number;

  constructor(subject: StorageUnderTest, study: StudyId, { limit = 200, since = '0' } = {}) {
    this.#subject = subject;
    this.#study = study;
    this.#limit = limit;
    this.position = since;
  }

  /** Reads one page. Checks that no change comes twice or out of order. */
  async read() {
    const page = await this.#subject.changes(this.#study, this.position, this.#limit);
    expect(page.trials.length).toBeLessThanOrEqual(this.#limit);
    for (const { number, revision, state, value } of page.trials) {
      const [lastRevision, lastNumber] = (this.heard.at(-1) ?? '0.0').split('.').map(Number) as [number, number];
      expect(
        revision > lastRevision || (revision === lastRevision && number > lastNumber),
        `${revision}.${number} after ${this.heard.at(-1)}`,
      ).toBe(true);
      this.heard.push(`${revision}.${number}`);
      this.states.set(number, { state, value });
    }
    this.position = page.next;
    return page;
  }

  /** Reads all changes. Returns the number of pages. */
  async catchUp(): Promise<number> {
    for (let pages = 1; ; pages++) if (!(await this.read()).more) return pages;
  }

  known() {
    return [...this.states].map(([number, known]) => ({ number, ...known })).toSorted((a, b) => a.number - b.number);
  }
}

/** The same state, read from the trials. */
export async function stored(subject: StorageUnderTest, study: StudyId) {
  return (await subject.trials(study)).map(({ number, state, value }) => ({ number, state, value }));
}

/** A follower of the changes sees what is stored, each change once. */
export function changesConformance(subject: StorageUnderTest): void {
  describe('changes since a revision', () => {
    test('are the trials whose state changed, with the study beside them; reports and renewals are none', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 3 } });
      const follower = new Follower(subject, study.id);
      expect(await follower.read()).toMatchObject({ trials: [], more: false, next: String(study.revision), study: { state: 'idle' } });
      await storage.ask(study.id);
      await storage.ask(study.id);
      const { lease } = await claimOne(storage, study.id);
      const page = await follower.read();
      expect(page).toMatchObject({
        more: false,
        study: { state: 'running', counts: { queued: 1, running: 1, complete: 0 } },
        trials: [
          { number: 1, state: 'queued' },
          { number: 0, state: 'running', lastReport: null },
        ],
      });
      expect(page.next).toBe(String(page.study.revision));
      await storage.report(lease, { step: 4, value: 0.5 });
      await storage.renew(lease);
      expect(await follower.read()).toMatchObject({ trials: [], next: page.next });
      await storage.finish(lease, complete(2));
      expect(await follower.read()).toMatchObject({
        study: { counts: { complete: 1 }, best: 2 },
        trials: [{ number: 0, state: 'complete', value: 2, lastReport: { step: 4, value: 0.5 }, metrics: { sharpe: 1 } }],
      });
      await subject.control(study.id, 'pause');
      expect(await follower.read()).toMatchObject({ trials: [], study: { state: 'paused' } });
      expect(await follower.read()).toMatchObject({ trials: [], next: follower.position });
    });

    test('come in pages of any size, within one revision too, while others are made', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 50 } });
      for (let i = 0; i < 9; i++) await storage.ask(study.id);
      const before = new Follower(subject, study.id);
      await before.catchUp();
      // One revision for all of them.
      await subject.control(study.id, 'stop');
      for (const limit of [1, 4, 9, 200]) {
        const follower = new Follower(subject, study.id, { limit, since: before.position });
        expect(await follower.catchUp()).toBe(Math.ceil(9 / limit));
        expect(follower.known()).toEqual(await stored(subject, study.id));
        expect(new Set(follower.heard.map((change) => change.split('.')[0])).size).toBe(1);
      }
      await subject.control(study.id, 'resume');
      const behind = new Follower(subject, study.id, { limit: 4, since: before.position });
      await behind.read();
      expect(behind.position).toMatch(/^\d+\.3$/);
      await storage.ask(study.id);
      await behind.catchUp();
      expect(behind.heard).toHaveLength(10);
      expect(behind.known()).toEqual(await stored(subject, study.id));
    });

    test('an invalid position is refused', async () => {
      const { study } = await begin(subject);
      for (const position of ['', '-1', 'x', '1.', '1.2.3', '1e3', String(study.revision + 1)])
        await expect(subject.changes(study.id, position, 10), position).rejects.toMatchObject({ code: 'usage', place: 'since' });
      await expect(subject.changes(2 ** 31 - 1, '0', 10)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('none is skipped or repeated while many write at once', async () => {
      const { study } = await begin(subject, { budget: { trials: 60 }, maxAttempts: 9 });
      let writing = true;
      const worker = async (index: number): Promise<void> => {
        const storage = subject.open();
        for (let i = index; ; i++) {
          const taken = await storage.take({ studies: [study.id], worker: `w${index}`, leaseMs: 600_000 });
          if (taken.kind === 'none') {
            if (!taken.open) return;
            continue;
          }
          const { lease, number } = taken.claimed;
          if (i % 5 === 0) await storage.release(lease);
          else if (i % 7 === 0) await subject.cancel(study.id, number, 'operator').then(() => storage.release(lease));
          else await storage.finish(lease, complete(number));
        }
      };
      const followers = [1, 3, 200].map((limit) => new Follower(subject, study.id, { limit }));
      const following = followers.map(async (follower) => {
        while (writing) await follower.read();
        await follower.catchUp();
      });
      await Promise.all([0, 1, 2, 3].map(worker)).finally(() => {
        writing = false;
      });
      await Promise.all(following);
      const trials = await stored(subject, study.id);
      expect(trials.filter(({ state }) => state === 'complete')).toHaveLength(60);
      for (const follower of followers) expect(follower.known()).toEqual(trials);
    });
  });
}
