// Starts a trainer in a process group of its own and stays beside it: when whoever started the guard is gone, or the trainer ends, the whole
// group is killed and its folder removed. A thread that is terminated runs no code of its own, so nobody else could.
// usage: node guard.mjs <folder> <token> <graceMs> <command> [arguments]; descriptor 3 is open for as long as the starter lives.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';

const [folder, token, graceMs, command, ...parameters] = process.argv.slice(2);
/** Like a shell where a command cannot be started. */
const notStarted = 127;
let hasEnded = false;

const trainer = spawn(command, parameters, { stdio: 'inherit', detached: true });
trainer.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  finish(notStarted);
});
trainer.on('exit', (code, signal) => finish(code ?? 128 + constants.signals[signal]));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
new Socket({ fd: 3 }).on('error', stop).on('close', stop).resume();

function stop() {
  signalGroup('SIGTERM');
  setTimeout(() => finish(128 + constants.signals.SIGKILL), Number(graceMs));
}

function finish(code) {
  if (hasEnded) return;
  hasEnded = true;
  signalGroup('SIGKILL');
  killStrays();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
}

function signalGroup(signal) {
  if (trainer.pid === undefined) return;
  try {
    process.kill(-trainer.pid, signal);
  } catch {
    // The group has ended.
  }
}

/** What left the group still has the token in its environment, which Linux shows. */
function killStrays() {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`).includes(`ASSAY_TRAINER=${token}\0`)) process.kill(Number(name), 'SIGKILL');
    } catch {
      // Another user's, or ended meanwhile.
    }
  }
}
