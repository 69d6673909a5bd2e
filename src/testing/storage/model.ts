import type { Outcome, TrialState } from '../../search/trial/trial.ts';

/** A study as the port guarantees it, in memory and without concurrency: what every storage must answer. */
export interface ModelTrial {
  state: TrialState;
  attempt: number;
  /** Number of attempts whose lease expired. */
  lost: number;
  /** Index of the lease that holds it while it runs. */
  lease: number | null;
  /** True if its lease has expired and was not reaped. */
  dead: boolean;
  cancelRequested: boolean;
  pauseRequested: boolean;
  /** While it is paused; else null. */
  pausedBy: 'pruner' | 'hand' | null;
  value: number | null;
  reports: { attempt: number; step: number; value: number }[];
}

interface ModelLease {
  readonly trial: number;
  readonly attempt: number;
  /** How the holder ended the attempt. */
  ending: string | null;
}

export class StudyModel {
  readonly trials: ModelTrial[] = [];
  readonly leases: ModelLease[] = [];
  readonly budget: number;
  readonly maxAttempts: number;
  paused = false;

  constructor(budget: number, maxAttempts: number) {
    this.budget = budget;
    this.maxAttempts = maxAttempts;
  }

  hasRoom(): boolean {
    return this.trials.filter(({ state }) => state !== 'cancelled').length < this.budget;
  }

  open(): number {
    return this.trials.filter(({ state }) => state === 'queued' || state === 'running').length;
  }

  add(): number {
    return (
      this.trials.push({
        state: 'queued',
        attempt: 0,
        lost: 0,
        lease: null,
        dead: false,
        cancelRequested: false,
        pauseRequested: false,
        pausedBy: null,
        value: null,
        reports: [],
      }) - 1
    );
  }

  ask() {
    if (this.paused) return { kind: 'paused' };
    if (!this.hasRoom()) {
      this.endWaiting();
      return { kind: 'exhausted', open: this.open() };
    }
    return { kind: 'queued', number: this.add() };
  }

  /** Number of the trial to be claimed next. */
  claim(): number | null {
    const number = this.paused ? -1 : this.trials.findIndex(({ state }) => state === 'queued');
    if (number === -1) return null;
    const trial = this.trials[number]!;
    trial.state = 'running';
    trial.attempt += 1;
    trial.dead = false;
    trial.lease = this.leases.push({ trial: number, attempt: trial.attempt, ending: null }) - 1;
    return number;
  }

  take(): number | { kind: 'none'; open: boolean; paused: boolean } {
    if (!this.paused && !this.trials.some(({ state }) => state === 'queued')) {
      if (this.hasRoom()) this.add();
      else this.endWaiting();
    }
    const left = this.hasRoom() || this.trials.some(({ state, pausedBy }) => state === 'queued' || pausedBy === 'pruner');
    return this.claim() ?? { kind: 'none', open: this.open() > 0, paused: this.paused && left };
  }

  /** The study is over and its pruner advances no trial. */
  private endWaiting(): void {
    if (this.open() > 0) return;
    for (const trial of this.trials) {
      if (trial.pausedBy !== 'pruner') continue;
      trial.state = 'pruned';
      trial.pausedBy = null;
    }
  }

  /** The trial of this lease. */
  held(lease: number): ModelTrial | null {
    const trial = this.trials[this.leases[lease]!.trial]!;
    return trial.state === 'running' && trial.lease === lease && !trial.dead ? trial : null;
  }

  expire(lease: number): void {
    const trial = this.held(lease);
    if (trial !== null) trial.dead = true;
  }

  reap() {
    const requeued: number[] = [];
    const failed: number[] = [];
    for (const [number, trial] of this.trials.entries()) {
      if (trial.state !== 'running' || !trial.dead) continue;
      trial.lost += 1;
      trial.state = trial.cancelRequested
        ? 'cancelled'
        : trial.lost >= this.maxAttempts
          ? 'failed'
          : trial.pauseRequested
            ? 'paused'
            : 'queued';
      this.leave(trial);
      if (trial.state === 'queued') requeued.push(number);
      if (trial.state === 'failed') failed.push(number);
    }
    return { requeued, failed };
  }

  report(lease: number, step: number, value: number) {
    const trial = this.held(lease);
    if (trial === null) return { lease: 'lost' };
    const { attempt } = trial;
    if (!trial.reports.some((report) => report.attempt === attempt && report.step === step)) trial.reports.push({ attempt, step, value });
    return { lease: 'alive', cancelled: trial.cancelRequested, pausing: trial.pauseRequested && !trial.cancelRequested };
  }

  finish(lease: number, outcome: Outcome): string {
    const held = this.leases[lease]!;
    const ending = JSON.stringify(outcome);
    const trial = this.held(lease);
    if (trial === null) return held.ending === ending ? 'alive' : 'lost';
    held.ending = ending;
    trial.state = outcome.kind;
    trial.value = outcome.kind === 'complete' ? outcome.value : null;
    this.leave(trial);
    return 'alive';
  }

  release(lease: number): string {
    const held = this.leases[lease]!;
    const trial = this.held(lease);
    if (trial === null) return held.ending === 'given up' ? 'alive' : 'lost';
    held.ending = 'given up';
    trial.state = trial.cancelRequested ? 'cancelled' : trial.pauseRequested ? 'paused' : 'queued';
    this.leave(trial);
    return 'alive';
  }

  /** By the pruner. */
  pause(lease: number): string {
    const held = this.leases[lease]!;
    const trial = this.held(lease);
    if (trial === null) return held.ending === 'given up' ? 'alive' : 'lost';
    held.ending = 'given up';
    trial.state = trial.cancelRequested ? 'cancelled' : 'paused';
    this.leave(trial, 'pruner');
    return 'alive';
  }

  hold(number: number): 'paused' | 'requested' | 'conflict' {
    const trial = this.trials[number];
    if (trial?.state === 'running') {
      trial.pauseRequested = true;
      return 'requested';
    }
    if (trial?.state !== 'queued' && trial?.state !== 'paused') return 'conflict';
    trial.state = 'paused';
    trial.pausedBy = 'hand';
    return 'paused';
  }

  goOn(number: number): 'queued' | 'running' | 'conflict' {
    const trial = this.trials[number];
    if (trial?.state === 'running') {
      trial.pauseRequested = false;
      return 'running';
    }
    if (trial?.state !== 'queued' && trial?.state !== 'paused') return 'conflict';
    trial.state = 'queued';
    trial.pausedBy = null;
    return 'queued';
  }

  cancel(number: number): 'cancelled' | 'requested' | 'conflict' {
    const trial = this.trials[number];
    if (trial?.state === 'queued' || trial?.state === 'paused') {
      trial.state = 'cancelled';
      trial.pausedBy = null;
      return 'cancelled';
    }
    if (trial?.state === 'cancelled') return 'cancelled';
    if (trial?.state !== 'running') return 'conflict';
    trial.cancelRequested = true;
    return 'requested';
  }

  private leave(trial: ModelTrial, by: 'pruner' | 'hand' = 'hand'): void {
    trial.lease = null;
    trial.pausedBy = trial.state === 'paused' ? (trial.pauseRequested ? 'hand' : by) : null;
    trial.cancelRequested = false;
    trial.pauseRequested = false;
  }
}
