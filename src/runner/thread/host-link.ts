import type { MessagePort } from 'node:worker_threads';
import { AssayError, errorCodeOf } from '../../core/errors.ts';
import type { Call, CallResults, FromThread, ToThread } from './protocol.ts';

/** The thread's end of the port to its host, for the length of one task. */
export interface HostLink {
  /** Aborted when the host stops the task; the reason names the source of the stop. */
  readonly signal: AbortSignal;
  /** True if the stopped task goes on later. */
  readonly resumes: () => boolean;
  readonly call: <C extends Call>(call: C) => Promise<CallResults[C['kind']]>;
  readonly close: () => void;
}

interface PendingCall {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export function linkToHost(port: MessagePort): HostLink {
  const stop = new AbortController();
  const pending = new Map<number, PendingCall>();
  let lastId = 0;
  let resumes = false;

  port.on('message', (message: ToThread) => {
    if (message.kind === 'stop') {
      resumes = message.resumes;
      stop.abort(message.by);
      return;
    }
    const caller = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === 'result') caller?.resolve(message.result as never);
    else {
      const { code, message: text, hint } = message.error;
      caller?.reject(new AssayError(errorCodeOf(code), text, hint === undefined ? {} : { hint }));
    }
  });

  return {
    signal: stop.signal,
    resumes: () => resumes,
    call: (call) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        pending.set(lastId, { resolve, reject });
        const message: FromThread = { id: lastId, call };
        // The caller keeps its bytes; a copy is transferred, which avoids a second clone.
        if (call.kind === 'artifact') {
          const bytes = new Uint8Array(call.bytes);
          port.postMessage({ id: lastId, call: { ...call, bytes } } satisfies FromThread, [bytes.buffer]);
        } else port.postMessage(message);
      }),
    close: () => port.close(),
  };
}
