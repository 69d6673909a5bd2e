import { computed, type ReadonlySignal, signal } from '@preact/signals';

/** How the pages stand with the server: set where requests and streams are made, shown in the header. */

/** True: the server asks for its token, and the form for it is shown. */
export const asksToken = signal(false);

/** Since when no request gets an answer, ms since 1970; null: the last one got one. */
const silentSince = signal<number | null>(null);

/** When the last answer came, ms since 1970. */
export const answeredAt = signal<number | null>(null);

/** Orders that were sent from this page: what they may have changed is read again. */
export const ordersSent = signal(0);

/** The stream of events of the study that is open; `ended`: the study is over, and the server has nothing more to say until it goes on. */
export const stream = signal<'none' | 'behind' | 'live' | 'ended'>('none');

export function gotAnswer(): void {
  silentSince.value = null;
  answeredAt.value = Date.now();
}

export function gotNoAnswer(): void {
  silentSince.value ??= Date.now();
}

export const unreachableSince: ReadonlySignal<number | null> = silentSince;

export type Connection = 'live' | 'catching up' | 'offline';

export const connection: ReadonlySignal<Connection> = computed(() =>
  silentSince.value !== null ? 'offline' : stream.value === 'behind' ? 'catching up' : 'live',
);
