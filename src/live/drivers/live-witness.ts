import { assertNever, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import type { Effect, EngineEvent } from '../engine/events.ts';
import { latchText } from '../risk/latch.ts';
import type { RiskState } from '../risk/trading-state.ts';
import type { LiveStore } from '../store/live-store.ts';
import { writeSynced } from '../store/synced-file.ts';
import type { EngineWitness } from './run-engine.ts';

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

export interface LiveWitnessParts {
  readonly run: string;
  readonly store: LiveStore;
  readonly latchPath: string;
  readonly onLine: (text: string) => void;
  /** What came of a person's command. */
  readonly onAnswer: (request: string, outcome: string) => void;
}

/** Writes everything that an engine was told and wanted. */
export interface LiveWitness extends EngineWitness {
  /** Writes what a looser state needs; false where it cannot be. */
  readonly loosen: (effect: Of<'loosen'>) => Promise<boolean>;
  /** Both copies of the latch. @throws whatever the disk or the database says. */
  readonly latch: (risk: RiskState) => Promise<void>;
  /** False while what was to be written could not be. */
  readonly canRecord: () => boolean;
  readonly flush: () => Promise<void>;
  /** Writes where the run stands; the next one replaces it where it cannot be written. */
  readonly stand: (standing: Parameters<LiveStore['stand']>[0]) => Promise<void>;
  /** True once if a bar was complete since the last question. */
  readonly hadBar: () => boolean;
  readonly counts: { decisions: number; orders: number; denials: number; fills: number };
  readonly navMicros: () => number | null;
}

export function createLiveWitness({ run, store, latchPath, onLine, onAnswer }: LiveWitnessParts): LiveWitness {
  const counts = { decisions: 0, orders: 0, denials: 0, fills: 0 };
  let asked: Of<'decide'> | null = null;
  let canRecord = true;
  let hadBar = false;
  let navMicros: number | null = null;
  let now = 0n;
  const taken: string[] = [];

  const guarded = async (write: () => Promise<void>): Promise<boolean> => {
    try {
      await write();
      canRecord = true;
      return true;
    } catch (error) {
      canRecord = false;
      onLine(`not written: ${messageOf(error)}`);
      // Another engine has the run: this one must not go on.
      if ((error as { code?: string }).code === 'lease_lost') throw error;
      return false;
    }
  };
  const latch = async (risk: RiskState): Promise<void> => {
    const text = latchText(run, risk);
    // The file first: it needs nothing but the disk.
    writeSynced(latchPath, text);
    await store.writeLatch(text);
  };

  /** What was told before has been done, its latch written included. */
  const doneWithTaken = (): void => {
    for (const request of taken.splice(0)) onAnswer(request, 'taken');
  };

  return {
    told: (event: EngineEvent) => {
      now = event.time;
      doneWithTaken();
      if (event.kind === 'decided' && asked !== null) {
        counts.decisions++;
        const observationHash = sha256(new Uint8Array(asked.observation.buffer));
        store.decision({ barEndMs: asked.barEndMs, observationHash, action: [...event.action], memory: [...event.memory], decidedAt: now });
        asked = null;
      } else if (event.kind === 'order' && event.event.report.kind === 'fill') counts.fills++;
      else if (event.kind === 'restrict') {
        store.audit('command', now, { cause: event.cause, because: event.because, by: event.by });
        if (event.request !== undefined) taken.push(event.request);
      } else if (event.kind === 'askLoosening')
        store.audit('command', now, { to: event.to, approvals: event.approvals, reason: event.reason });
    },
    wanted: async (effect) => {
      switch (effect.kind) {
        case 'decide':
          asked = effect;
          break;
        case 'submit':
          counts.orders++;
          break;
        case 'denied':
          counts.denials++;
          store.audit('denial', now, effect);
          break;
        case 'nav':
          hadBar = true;
          ({ navMicros } = effect);
          store.nav(effect);
          break;
        case 'incident':
          store.incident(effect.code, effect.because, now);
          onLine(`incident ${effect.code}: ${effect.because}`);
          break;
        case 'change': {
          const { from, to, causes, because } = effect.change;
          store.audit('state', now, effect.change);
          onLine(`${from} -> ${to}: ${causes.join(', ')} (${because})`);
          break;
        }
        case 'latch':
          await guarded(() => latch(effect.risk));
          break;
        case 'flat':
          onLine('everything is sold');
          break;
        case 'refused':
          onAnswer(effect.request, `refused: ${effect.because}`);
          break;
        case 'step':
        case 'withdrawn':
        case 'timer':
        case 'cancel':
        case 'lookUp':
        case 'snapshot':
        case 'loosen':
          break;
        default:
          assertNever(effect);
      }
    },
    loosen: async ({ loosening, request }) => {
      for (const effect of loosening.effects) if (effect.kind === 'record') store.audit('state', now, effect.change);
      // The record comes first: no looser state without one.
      const isWritten = await guarded(async () => {
        await store.flush();
        await latch(loosening.risk);
      });
      for (const effect of loosening.effects)
        if (effect.kind === 'record' && isWritten) onLine(`${effect.change.from} -> ${effect.change.to}: ${effect.change.because}`);
      if (request !== null) onAnswer(request, isWritten ? 'granted' : 'refused: it could not be written');
      return isWritten;
    },
    latch,
    canRecord: () => canRecord,
    flush: async () => {
      doneWithTaken();
      await guarded(() => store.flush());
    },
    stand: async (standing) => {
      await guarded(() => store.stand(standing));
    },
    hadBar: () => {
      const had = hadBar;
      hadBar = false;
      return had;
    },
    counts,
    navMicros: () => navMicros,
  };
}
