import { rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { makeSocketDir } from './postmaster.ts';
import { serverUser } from './server-user.ts';

/** Looks as fast as it can, and tells what it saw. */
const looks = `
  const { lstatSync } = require('node:fs');
  const { parentPort, workerData: { socketDir, uid, done } } = require('node:worker_threads');
  let [seen, wrong] = [0, 0];
  parentPort.postMessage('looking');
  while (Atomics.load(done, 0) === 0) {
    const stat = lstatSync(socketDir, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    seen += 1;
    if (stat.uid !== uid || (stat.mode & 0o077) !== 0) wrong += 1;
  }
  parentPort.postMessage({ seen, wrong });
`;

test('whoever looks while the directory of the socket is made sees a private one or none', async () => {
  const socketDir = join(tmpdir(), `assay-postmaster-test-${process.pid}`);
  const user = serverUser(undefined, []);
  const done = new Int32Array(new SharedArrayBuffer(4));
  const looker = new Worker(looks, { eval: true, workerData: { socketDir, uid: user.uid, done } });
  const told = () => new Promise<unknown>((resolve) => looker.once('message', resolve));
  await told();
  for (let i = 0; i < 500; i++) {
    makeSocketDir(socketDir, user);
    rmdirSync(socketDir);
  }
  const answer = told();
  makeSocketDir(socketDir, user);
  await new Promise((resolve) => setTimeout(resolve, 50));
  Atomics.store(done, 0, 1);
  expect(await answer).toEqual({ seen: expect.any(Number), wrong: 0 });
  expect((await answer) as { seen: number }).not.toMatchObject({ seen: 0 });
  rmdirSync(socketDir);
});
