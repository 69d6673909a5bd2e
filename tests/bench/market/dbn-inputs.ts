import { existsSync } from 'node:fs';
import { recordFlags } from '../../../src/market/dbn/kinds.ts';
import { dbnOfBytes } from '../../../src/market/dbn/reader.ts';
import { openSource } from '../../../src/market/dbn/source.ts';
import { sharedDataFile } from '../../fixtures/shared-data.ts';

/** The real files of one day that are repeated to long ones. */
const folder = 'orderbook/';
export const dbnFiles = {
  mbo: `${folder}esh4-glbx-mdp3-20231225.mbo.dbn.zst`,
  'mbp-10': `${folder}DERIVED_esh4-20231225.mbp-10.v3.dbn.zst`,
} as const;

export const hasDbnFiles = Object.values(dbnFiles).every((file) => existsSync(sharedDataFile(file)));

/** Word of `ts_recv` and of the action, which is a byte of its word, by schema. */
const places = { mbo: { receive: 10, action: 9 * 4 + 2 }, 'mbp-10': { receive: 8, action: 7 * 4 } } as const;
const day = 86_400_000_000_000n;

/**
 * A plain file of about `megabytes`, made of a real one again and again, each time a day later. Each repetition of orders begins with a
 * record that clears the book, as the first one does in the feed.
 */
export async function longFile(schema: keyof typeof dbnFiles, megabytes: number): Promise<Uint8Array> {
  const source = await openSource(sharedDataFile(dbnFiles[schema]));
  const buffer = Buffer.alloc(2 ** 25);
  const bytes = buffer.subarray(0, await source.read(buffer));
  await source.close();
  const file = await dbnOfBytes(bytes, schema);
  await file.close();
  const [header, records] = [bytes.subarray(0, file.bodyStart), bytes.subarray(file.bodyStart)];
  const stride = records[0]! * 4;
  const body = schema === 'mbo' ? Buffer.concat([clearOf(records.subarray(0, stride)), records]) : records;
  const times = Math.ceil((megabytes * 1e6) / body.length);
  const parts: Uint8Array[] = [header];
  for (let i = 0; i < times; i++) parts.push(later(body, stride, places[schema].receive * 4, BigInt(i) * day));
  return Buffer.concat(parts);
}

/** The first records of a plain file of orders, about so many bytes. */
export function shortened(bytes: Uint8Array, length: number): Uint8Array {
  const recordBytes = 56;
  const body = bytes.length % recordBytes;
  return bytes.subarray(0, length - ((length - body) % recordBytes));
}

function later(body: Uint8Array, stride: number, receive: number, by: bigint): Uint8Array {
  const copy = Uint8Array.from(body);
  const view = new DataView(copy.buffer);
  for (let at = 0; at < copy.length; at += stride) view.setBigUint64(at + receive, view.getBigUint64(at + receive, true) + by, true);
  return copy;
}

function clearOf(record: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(record);
  copy[places.mbo.action] = 'R'.charCodeAt(0);
  copy[places.mbo.action - 2] = recordFlags.snapshot;
  return copy;
}
