import { AssayError } from '../../core/errors.ts';
import {
  type AuthRequest,
  authReplyLine,
  controlLine,
  parseAuthLine,
  parseControlLine,
  parseSubscription,
  type SubscriptionPart,
  startSession,
} from '../feed/control-lines.ts';
import { cramAnswer } from '../feed/cram.ts';

/** What a gateway is to do after a line of a client. */
export type SessionStep =
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'subscribe'; readonly part: SubscriptionPart }
  /** Records follow from here on. */
  | { readonly kind: 'start'; readonly request: AuthRequest }
  /** A wrong subscription: an error of the session, which needs records to be said, then the end. */
  | { readonly kind: 'refuse'; readonly request: AuthRequest; readonly because: string }
  | { readonly kind: 'close' };

export interface SessionTerms {
  readonly key: string;
  readonly dataset: string;
  /** What this session's client has to answer. */
  readonly challenge: string;
  readonly sessionId: string;
}

/** The lines of one session from the gateway's side, without a socket. */
export interface GatewaySession {
  /** What is said first. */
  readonly greeting: string;
  /** A subscription before the authentication, a second authentication and other lines out of turn close the session. */
  readonly take: (line: string) => readonly SessionStep[];
}

const close: SessionStep = { kind: 'close' };

export function createGatewaySession({ key, dataset, challenge, sessionId }: SessionTerms): GatewaySession {
  let request: AuthRequest | null = null;
  let isStarted = false;
  const send = (text: string): SessionStep => ({ kind: 'send', text });

  const authenticate = (line: string): readonly SessionStep[] => {
    if (request !== null) return [close];
    const refuse = (error: string): readonly SessionStep[] => [send(authReplyLine({ isAccepted: false, error })), close];
    let asked: AuthRequest;
    try {
      asked = parseAuthLine(line);
    } catch (error) {
      if (error instanceof AssayError) return refuse('Bad request.');
      throw error;
    }
    if (asked.auth !== cramAnswer(challenge, key)) return refuse('Authentication failed.');
    if (asked.dataset !== dataset) return refuse('Unknown dataset.');
    request = asked;
    return [send(authReplyLine({ isAccepted: true, sessionId }))];
  };

  return {
    greeting: `lsg_version=0.7.0\n${controlLine([['cram', challenge]])}`,
    take: (line) => {
      const fields = parseControlLine(line);
      if (fields.has('auth')) return authenticate(line);
      if (request === null) return [close];
      if (fields.has(startSession)) {
        if (isStarted) return [close];
        isStarted = true;
        return [{ kind: 'start', request }];
      }
      try {
        return [{ kind: 'subscribe', part: parseSubscription(line) }];
      } catch (error) {
        if (error instanceof AssayError) return [{ kind: 'refuse', request, because: error.message }];
        throw error;
      }
    },
  };
}
