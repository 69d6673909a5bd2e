import type { Approval } from '../risk/trading-state.ts';
import type { LiveStore, WaitingCommand } from '../store/live-store.ts';
import type { NewEvent } from './live-feed.ts';

export interface Operators {
  /** What persons asked for since the last call, as the engine takes it. */
  readonly take: () => Promise<{ readonly told: readonly NewEvent[]; readonly isStopped: boolean }>;
  /** Writes what came of commands so far. */
  readonly answer: () => Promise<void>;
  /** What came of a command. */
  readonly answered: (request: string, outcome: string) => void;
}

/** Time in which a second person has to agree. */
const approvalMs = 15 * 60_000;

/**
 * Takes persons' commands from the database. Anybody may tighten. For a looser state the approvals of a quarter of an hour count together, each
 * person once, so that two persons give the same command one after the other.
 */
export function createOperators({ store, riskPersons }: { readonly store: LiveStore; readonly riskPersons: readonly string[] }): Operators {
  const approvals = new Map<string, { readonly by: string; readonly atMs: number }[]>();
  const answers = new Map<string, string>();
  const waiting = new Set<string>();

  const resume = ({ id, toState, by, reason, askedAt }: WaitingCommand): NewEvent => {
    const to = toState ?? 'reducing';
    const atMs = askedAt.getTime();
    const agreed = [...(approvals.get(to) ?? []).filter((one) => one.by !== by && atMs - one.atMs <= approvalMs), { by, atMs }];
    approvals.set(to, agreed);
    const named = agreed.map((one): Approval => ({ name: one.by, role: riskPersons.includes(one.by) ? 'risk' : 'none' }));
    // Only who may decide counts beside the one who asks now.
    const counted = named.filter(({ name, role }) => role === 'risk' || name === by);
    waiting.add(String(id));
    return { kind: 'askLoosening', to, approvals: counted, reason, request: String(id) };
  };

  const answer = async (): Promise<void> => {
    for (const [request, outcome] of [...answers]) {
      // Whoever asks meanwhile, as the end of a run does, does not write it again.
      if (!answers.delete(request)) continue;
      try {
        await store.answer(Number(request), outcome);
      } catch (error) {
        answers.set(request, outcome);
        throw error;
      }
      if (outcome === 'granted') approvals.clear();
      waiting.delete(request);
    }
  };

  return {
    answer,
    take: async () => {
      await answer();
      const told: NewEvent[] = [];
      let isStopped = false;
      for (const command of await store.commands()) {
        if (waiting.has(String(command.id))) continue;
        const { id, kind, by, reason } = command;
        if (kind === 'resume') {
          told.push(resume(command));
          continue;
        }
        if (kind === 'stop') {
          isStopped = true;
          await store.answer(id, 'taken');
          continue;
        }
        const cause = ({ halt: 'operator-halt', reduce: 'operator-reduce', flatten: 'operator-flatten' } as const)[kind];
        waiting.add(String(id));
        told.push({ kind: 'restrict', cause, because: reason, by, request: String(id) });
      }
      return { told, isStopped };
    },
    answered: (request, outcome) => void answers.set(request, outcome),
  };
}
