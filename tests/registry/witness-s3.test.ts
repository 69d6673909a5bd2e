import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { tellWitness, witnessOf } from '../../src/registry/witness.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** One object, with conditions as S3 has them; `before` runs ahead of each PUT. */
async function objectStore(before: (object: { text: string | null; version: number }) => void = () => undefined) {
  const object = { text: null as string | null, version: 0 };
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const answer = (status: number, body = '') => response.writeHead(status, { etag: `"${object.version}"` }).end(body);
      if (request.method === 'GET') return object.text === null ? answer(404) : answer(200, object.text);
      before(object);
      const { 'if-match': match, 'if-none-match': none } = request.headers;
      if (match !== undefined ? match !== `"${object.version}"` : none === '*' && object.text !== null) return answer(412);
      object.text = Buffer.concat(pieces).toString();
      object.version++;
      return answer(200);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const environment = {
    ASSAY_LEDGER_WITNESS: 's3://audit/ledger.txt',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  return { object, witness: witnessOf(environment)! };
}

const line = (sequence: number) => ({ sequence, hash: String(sequence).repeat(64), at: '2026-01-01T00:00:00.000Z' });

test('an object of a bucket gets a line for each record, behind what is there', async () => {
  const { object, witness } = await objectStore();
  expect(await witness.read()).toBeNull();
  expect(await tellWitness(witness, line(1))).toEqual({ place: 's3://audit/ledger.txt', failure: null });
  await tellWitness(witness, line(2));
  expect(object.text).toBe(`1 ${'1'.repeat(64)} 2026-01-01T00:00:00.000Z\n2 ${'2'.repeat(64)} 2026-01-01T00:00:00.000Z\n`);
  expect(await witness.read()).toBe(object.text);
});

test('another writer who came first loses no line', async () => {
  let others = 0;
  const { object, witness } = await objectStore((stored) => {
    if (others++ > 0) return;
    stored.text = 'of another\n';
    stored.version++;
  });
  expect((await tellWitness(witness, line(1))).failure).toBeNull();
  expect(object.text).toBe(`of another\n1 ${'1'.repeat(64)} 2026-01-01T00:00:00.000Z\n`);
});

test('a store that does not answer is told of, in words', async () => {
  const { witness } = await objectStore();
  server?.close();
  expect((await tellWitness(witness, line(1))).failure).toContain('the witness of the ledger cannot be used');
});

test('a store that breaks off within its answer is told of, in words', async () => {
  const { object, witness } = await objectStore();
  await tellWitness(witness, line(1));
  server?.removeAllListeners('request');
  server?.on('request', (_, response) => {
    response.writeHead(200, { 'content-length': String(object.text!.length) });
    response.write('1 ', () => response.destroy());
  });
  await expect(witness.read()).rejects.toMatchObject({ code: 'unavailable', place: 's3://audit/ledger.txt' });
  expect((await tellWitness(witness, line(2))).failure).toContain('cannot be used');
});
