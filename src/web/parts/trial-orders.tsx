import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../app/router.ts';
import { type Answers, read } from '../data/api.ts';
import { newKey } from '../data/orders.ts';
import { steadyOrder } from '../data/steady-order.ts';
import { Confirm } from './confirm.tsx';
import { Icon, type IconName } from './icon.tsx';
import { ordersForTrial, type TrialOrder } from './orders-for-trial.ts';
import '../style/content.css';

type Detail = Answers['/v1/studies/{}/trials/{}'];

const looks: Readonly<Record<TrialOrder, { readonly word: string; readonly icon: IconName; readonly what: string }>> = {
  pause: {
    word: 'Pause',
    icon: 'pause',
    what: 'It waits until it is resumed: at once in the queue, where it runs after its next report and a checkpoint.',
  },
  resume: { word: 'Resume', icon: 'play', what: 'It goes on, from its checkpoint where it has one.' },
  cancel: {
    word: 'Cancel',
    icon: 'cancel',
    what: 'It ends as cancelled, and what it has computed is lost. A cancelled trial can be queued again as a new one.',
  },
  retry: { word: 'Retry', icon: 'retry', what: 'A new trial with the same parameters and the same seed is queued.' },
  repeat: {
    word: 'Repeat',
    icon: 'retry',
    what: 'A new trial with the same parameters and the same seed is queued: it should end with the same result.',
  },
};

/** What a person asks for, and the trial as it was seen then: the order is sent only if it still is. */
interface Asked {
  readonly order: TrialOrder;
  readonly key: string;
  readonly seen: Detail;
}

/** The orders that a person can give a trial; each asks before it is sent. */
export function TrialOrders({ study, trial }: { readonly study: string; readonly trial: Detail }): VNode {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [raiseBudget, setRaiseBudget] = useState(false);
  const ask = (order: TrialOrder): void => {
    setAsked({ order, key: newKey(), seen: trial });
    setRaiseBudget(false);
  };
  const look = asked === null ? null : looks[asked.order];
  const queues = asked?.order === 'retry' || asked?.order === 'repeat';
  const send = async (): Promise<void> => {
    const { order, key, seen } = asked!;
    const answer = await steadyOrder({
      study,
      tail: `trials/${seen.number}/${queues ? 'retry' : order}`,
      ...(queues && { body: { raiseBudget, sameSeed: order === 'repeat' }, key }),
      changed: async () => {
        const { state, revision } = await read('/v1/studies/{}/trials/{}', [study, seen.number]);
        return revision === seen.revision ? null : `trial ${seen.number} has changed since: it is ${state}`;
      },
    });
    if (queues) go(`/studies/${encodeURIComponent(study)}/trials/${(answer as { readonly number: number }).number}`);
  };
  return (
    <div class="orders">
      {ordersForTrial(trial.state).map((order) => (
        <button key={order} type="button" onClick={() => ask(order)}>
          <Icon name={looks[order].icon} /> {looks[order].word}
        </button>
      ))}
      <Confirm
        title={look === null ? '' : `${look.word} ${asked?.seen.address}?`}
        open={asked !== null}
        onClose={() => setAsked(null)}
        action={look === null ? '' : `${look.word} ${asked?.seen.address}`}
        danger={asked?.order === 'cancel'}
        onConfirm={send}
      >
        <p>{look?.what}</p>
        {queues && (
          <label class="check">
            <input type="checkbox" checked={raiseBudget} onChange={(event) => setRaiseBudget(event.currentTarget.checked)} /> Let it in
            although the budget is used up
          </label>
        )}
      </Confirm>
    </div>
  );
}
