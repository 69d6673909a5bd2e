import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../../app/router.ts';
import { type Answers, read } from '../../data/api.ts';
import { newKey } from '../../data/orders.ts';
import { steadyOrder } from '../../data/steady-order.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { ordersForTrial, type TrialOrder } from './trial-orders.ts';

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

/** The orders that a person can give a trial; each asks before it is sent. */
export function TrialOrders({ study, trial }: { readonly study: string; readonly trial: Detail }): VNode {
  const [asked, setAsked] = useState<{ readonly order: TrialOrder; readonly key: string } | null>(null);
  const [raiseBudget, setRaiseBudget] = useState(false);
  const look = asked === null ? null : looks[asked.order];
  const queues = asked?.order === 'retry' || asked?.order === 'repeat';
  const send = async (): Promise<void> => {
    const { order, key } = asked!;
    const answer = await steadyOrder({
      study,
      tail: `trials/${trial.number}/${queues ? 'retry' : order}`,
      ...(queues && { body: { raiseBudget, sameSeed: order === 'repeat' }, key }),
      changed: async () => {
        const { state } = await read('/v1/studies/{}/trials/{}', [study, trial.number]);
        return state === trial.state ? null : `trial ${trial.number} is ${state} by now`;
      },
    });
    if (queues) go(`/studies/${encodeURIComponent(study)}/trials/${(answer as { readonly number: number }).number}`);
  };
  return (
    <div class="orders">
      {ordersForTrial(trial.state).map((order) => (
        <button key={order} type="button" onClick={() => setAsked({ order, key: newKey() })}>
          <Icon name={looks[order].icon} /> {looks[order].word}
        </button>
      ))}
      <Confirm
        title={look === null ? '' : `${look.word} ${trial.address}?`}
        open={asked !== null}
        onClose={() => setAsked(null)}
        action={look === null ? '' : `${look.word} ${trial.address}`}
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
