import { assertNever } from '../../core/errors.ts';
import { canonicalJson, sha256 } from '../../core/json.ts';
import type { BrokerEvent, NewOrder } from '../broker/orders.ts';
import type { AccountStep, Effect, EngineEvent } from '../engine/events.ts';
import { plainOf } from '../risk/plain-of.ts';
import type { EngineWitness } from './run-engine.ts';

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** What came of a run, in the order of time. */
export interface RunRecord {
  /** Every decision that counted, with what the policy remembered after it. */
  readonly decisions: readonly { readonly barEndMs: number; readonly action: readonly number[]; readonly memory: readonly number[] }[];
  /** Steps of an environment's account; a step that was settled anew stands once. */
  readonly steps: readonly AccountStep[];
  readonly orders: readonly NewOrder[];
  readonly reports: readonly BrokerEvent[];
  readonly navs: readonly Of<'nav'>[];
  readonly incidents: readonly Of<'incident'>[];
  readonly denials: readonly Of<'denied'>[];
  /** Changes of the state of trading. */
  readonly changes: readonly Of<'change'>['change'][];
  /** Of everything above as it happened: each line hashes the one before. */
  readonly hash: string;
}

/** Keeps what an engine was told and wanted, and a hash over all of it. */
export interface Recorder extends EngineWitness {
  readonly told: (event: EngineEvent) => void;
  readonly wanted: (effect: Effect) => void;
  readonly record: () => RunRecord;
}

export function createRecorder(): Recorder {
  const decisions: RunRecord['decisions'][number][] = [];
  const steps: AccountStep[] = [];
  const orders: NewOrder[] = [];
  const reports: BrokerEvent[] = [];
  const navs: Of<'nav'>[] = [];
  const incidents: Of<'incident'>[] = [];
  const denials: Of<'denied'>[] = [];
  const changes: RunRecord['changes'][number][] = [];
  let asked: Of<'decide'> | null = null;
  let hash = sha256('');
  const chain = (line: object): void => {
    hash = sha256(`${hash}${canonicalJson(line)}`);
  };

  const changed = (change: RunRecord['changes'][number]): void => {
    changes.push(change);
    chain({ kind: 'change', change: plainOf(change) });
  };

  return {
    told: (event) => {
      if (event.kind === 'decided' && asked !== null) {
        const { barEndMs, observation } = asked;
        const decision = { barEndMs, action: [...event.action], memory: [...event.memory] };
        decisions.push(decision);
        chain({ ...decision, observation: sha256(new Uint8Array(observation.buffer)) });
        asked = null;
      } else if (event.kind === 'order') {
        const { time, seenAt, ...said } = event.event;
        reports.push(event.event);
        chain({ ...said, time: String(time), seenAt: String(seenAt) });
      }
    },
    wanted: (effect) => {
      switch (effect.kind) {
        case 'decide':
          asked = effect;
          return;
        case 'timer':
          return;
        case 'step':
          if (effect.step.revised) steps.pop();
          steps.push(effect.step);
          break;
        case 'withdrawn':
          decisions.pop();
          break;
        case 'submit':
          orders.push(effect.order);
          break;
        case 'nav':
          navs.push(effect);
          break;
        case 'incident':
          incidents.push(effect);
          break;
        case 'denied': {
          denials.push(effect);
          const { facts: _, ...said } = effect;
          chain(said);
          return;
        }
        case 'change':
          changed(effect.change);
          return;
        case 'loosen':
          for (const of of effect.loosening.effects) if (of.kind === 'record') changed(of.change);
          return;
        case 'latch':
          // The change says all of it.
          return;
        case 'cancel':
        case 'lookUp':
        case 'snapshot':
        case 'flat':
        case 'refused':
          break;
        default:
          assertNever(effect);
      }
      chain(effect);
    },
    record: () => ({ decisions, steps, orders, reports, navs, incidents, denials, changes, hash }),
  };
}
