import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { AssayError, messageOf } from '../../core/errors.ts';
import { decode, decodeListed, encode, type MessageName, type Messages, type MethodName, methods } from './wire.ts';

/** How long a server may take to accept the connection. */
const connectMs = 5_000;
/** How long it may take to answer: all trials of a large study are one answer. */
const longestAnswerMs = 300_000;

/** The answer of each method. */
type Answer<Name extends MethodName> = Name extends 'GetTrials' ? readonly Messages['Trial'][] : Messages[(typeof methods)[Name][1]];

/** A client of a storage of Optuna over gRPC: that of `assay serve --optuna`, or Optuna's own. */
export interface OptunaClient {
  /** @throws AssayError `database_unavailable` if there is no server, `conflict` with what it says, `data_invalid` if it is no storage */
  readonly call: <Name extends MethodName>(name: Name, request: Messages[(typeof methods)[Name][0]]) => Promise<Answer<Name>>;
  readonly close: () => void;
}

/** @param target `host:port` */
export function connectOptuna(target: string, answerMs = longestAnswerMs): OptunaClient {
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  let ready: Promise<void> | undefined;
  return {
    call: async (name, request) => {
      ready ??= untilReady(client, target);
      await ready;
      const [takes, answers] = methods[name];
      const bytes = await send(
        client,
        { target, answerMs, path: `/optuna.StorageService/${name}` },
        encode(takes as MessageName, request as never),
      );
      try {
        return (name === 'GetTrials' ? [...decodeListed(bytes)] : decode(answers as Exclude<MessageName, 'Trials'>, bytes)) as never;
      } catch (cause) {
        throw new AssayError('data_invalid', `its answer to ${name} cannot be read: ${messageOf(cause)}`, {
          place: `grpc://${target}`,
          hint: 'name the port of a storage of Optuna 5',
          cause,
        });
      }
    },
    close: () => client.close(),
  };
}

function untilReady(client: Client, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + connectMs, (error) =>
      error === undefined ? resolve() : reject(unavailable(target, 'no server answers')),
    );
  });
}

interface Called {
  readonly target: string;
  readonly path: string;
  readonly answerMs: number;
}

function send(client: Client, { target, path, answerMs }: Called, request: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      request,
      { deadline: Date.now() + answerMs },
      (error: ServiceError | null, reply) => {
        if (error === null) resolve(reply ?? new Uint8Array());
        else if (error.code === status.DEADLINE_EXCEEDED)
          reject(unavailable(target, `the server does not answer for ${answerMs / 1000} s`));
        else if (error.code === status.UNAVAILABLE) reject(unavailable(target, error.details));
        else
          reject(
            new AssayError('conflict', `the storage refuses ${path.split('/')[2]}: ${error.details || messageOf(error)}`, {
              place: `grpc://${target}`,
              cause: error,
            }),
          );
      },
    );
  });
}

const unavailable = (target: string, why: string): AssayError =>
  new AssayError('database_unavailable', why, {
    place: `grpc://${target}`,
    hint: 'start it: assay serve --optuna, or optuna.storages.run_grpc_proxy_server(storage, host=…, port=…)',
  });
