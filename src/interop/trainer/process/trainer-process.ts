import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AssayError } from '../../../core/errors.ts';
import { guardEntry } from '../../../runner/program-entries.ts';
import type { Device } from '../../../search/study/trial-context.ts';
import { parsePythonJson } from '../../optuna/python-json.ts';
import { type FromTrainer, invalid, protocol, type Ready, readMessage, shown } from '../messages.ts';
import type { Limits } from '../settings.ts';
import { createLineCutter, longestLine } from './lines.ts';
import { createLogTail, type LogTail } from './log-tail.ts';
import { trainerEnvironment } from './trainer-environment.ts';

export interface ProcessOptions {
  /** Program and arguments, without a shell. */
  readonly command: readonly string[];
  /** Working directory: that of the study file. */
  readonly folder: string;
  readonly device: Device;
  readonly threads: number;
  readonly limits: Limits;
}

/** A running trainer that has said `ready`. After an error of any call it has to be ended. */
export interface TrainerProcess {
  readonly ready: Ready;
  /** Folder of files for it and from it; removed when it ends. */
  readonly folder: string;
  readonly log: LogTail;
  readonly tell: (message: object) => void;
  /**
   * Returns the next message.
   * @param awaited what is waited for, for the error.
   * @throws AssayError `trainer_died`, `trainer_silent` after `seconds`, `trainer_invalid`.
   */
  readonly next: (seconds: number, awaited: string) => Promise<FromTrainer>;
  /** Sends a message and returns the answer to it. @throws AssayError as `next`, and for an answer that came unasked. */
  readonly ask: (message: object, seconds: number, awaited: string) => Promise<FromTrainer>;
  /** From now on no wait lasts beyond `seconds` from now; null: as long as it says. */
  readonly hurry: (seconds: number | null) => void;
  /** A number that no earlier message of this process had. */
  readonly newId: () => number;
  /** True if nothing more can be asked of it. */
  readonly hasFailed: () => boolean;
  /** Ends it and everything that it started: politely, then hard. */
  readonly end: () => Promise<void>;
}

interface Waiter {
  readonly resolve: (message: FromTrainer) => void;
  readonly reject: (error: Error) => void;
  readonly awaited: string;
  readonly arm: () => void;
}

/** @throws AssayError `unavailable` for a program that cannot be started; else as {@link TrainerProcess.next}. */
export async function startTrainer({ command, folder: cwd, device, threads, limits }: ProcessOptions): Promise<TrainerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-trainer-'));
  const token = randomUUID();
  const graceMs = String(limits.graceSeconds * 1000);
  // Detached: a Ctrl-C in the terminal reaches neither it nor the trainer, which is told what to do.
  const child = spawn(process.execPath, [guardEntry, folder, token, graceMs, ...command], {
    cwd,
    env: trainerEnvironment(process.env, { token, threads }),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  const lifeline = child.stdio[3] as Socket;
  // Only a wait keeps the process of the platform alive, by its timer.
  for (const handle of [child, child.stdin as Socket, child.stdout as Socket, child.stderr as Socket, lifeline]) handle.unref();

  const log = createLogTail();
  const arrived: FromTrainer[] = [];
  let failure: AssayError | null = null;
  let waiter: Waiter | null = null;
  let deadline = Number.POSITIVE_INFINITY;

  const fail = (error: AssayError): void => {
    failure ??= error;
    waiter?.reject(failure);
  };
  const hear = (line: string): void => {
    if (failure !== null) return;
    try {
      const message = readMessage(parsed(line));
      if (waiter === null) arrived.push(message);
      else waiter.resolve(message);
    } catch (error) {
      fail(error as AssayError);
    }
  };
  child.stdout.on(
    'data',
    createLineCutter(hear, () => fail(invalid(`sent a line of more than ${longestLine} bytes`, 'arrays go by files'))),
  );
  child.stderr.setEncoding('utf8').on('data', log.add);
  // What was written before the end is heard first: `close` comes after the last of both streams.
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code) => {
      fail(deathOf(code, command, waiter?.awaited, log));
      resolve();
    });
  });
  child.on('error', (cause) => fail(new AssayError('unavailable', `no process can be started: ${cause.message}`, { cause })));
  // A trainer that is gone does not read; its end says why.
  child.stdin.on('error', () => undefined);
  lifeline.on('error', () => undefined);

  const next = (seconds: number, awaited: string): Promise<FromTrainer> => {
    const heard = arrived.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    if (failure !== null) return Promise.reject(failure);
    const until = performance.now() + seconds * 1000;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const done = (): void => {
        clearTimeout(timer);
        waiter = null;
      };
      const arm = (): void => {
        clearTimeout(timer);
        const left = Math.min(until, deadline) - performance.now();
        timer = setTimeout(() => fail(silenceOf(seconds, awaited)), Math.max(0, left));
      };
      waiter = {
        awaited,
        arm,
        resolve: (message) => {
          done();
          resolve(message);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      arm();
    });
  };
  const tell = (message: object): void => {
    if (failure === null) child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  const ask: TrainerProcess['ask'] = (message, seconds, awaited) => {
    const [unasked] = arrived;
    if (unasked !== undefined)
      return Promise.reject(invalid(`said ${shown(unasked)} unasked: it has answered twice`, 'answer each message once'));
    tell(message);
    return next(seconds, awaited);
  };
  const end = async (): Promise<void> => {
    child.ref();
    tell({ type: 'bye' });
    child.stdin.end();
    if (failure !== null) lifeline.destroy();
    const patience = setTimeout(() => lifeline.destroy(), limits.graceSeconds * 1000);
    await closed;
    clearTimeout(patience);
  };
  const hurry = (seconds: number | null): void => {
    deadline = seconds === null ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000;
    waiter?.arm();
  };
  let lastId = 0;
  const newId = (): number => ++lastId;

  try {
    const ready = await ask({ type: 'hello', protocol, threads, device }, limits.readySeconds, 'ready');
    if (ready.type !== 'ready') throw invalid(`said ${shown(ready)} before ready`, 'answer hello with ready');
    return { ready, folder, log, tell, next, ask, hurry, newId, hasFailed: () => failure !== null, end };
  } catch (error) {
    lifeline.destroy();
    await closed;
    throw error;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    try {
      return parsePythonJson(line);
    } catch {
      throw invalid(`wrote ${shown(line)} on stdout, which is no JSON`, 'stdout carries the protocol alone: print to stderr');
    }
  }
}

/** As a shell says that a command cannot be started. */
const notStarted = 127;

function deathOf(code: number | null, command: readonly string[], awaited: string | undefined, log: LogTail): AssayError {
  const last = log.lastLines();
  const said = last === '' ? '' : `. It last wrote:\n${last}`;
  if (code === notStarted)
    return new AssayError('unavailable', `the trainer's program cannot be started: ${command.join(' ')}${said}`, {
      hint: 'the first word of `command` is a program in PATH or a path from the folder of the study',
    });
  const during = awaited === undefined ? '' : ` while ${awaited} was awaited`;
  return new AssayError('trainer_died', `the trainer ended with exit code ${code}${during}${said}`, {
    hint: 'it has to run until it is told bye',
  });
}

function silenceOf(seconds: number, awaited: string): AssayError {
  return new AssayError('trainer_silent', `the trainer did not send ${awaited} within ${seconds} seconds`, {
    hint: 'a training that takes longer between reports says `alive`, or the study raises `limits`',
  });
}
