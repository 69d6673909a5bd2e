import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssayError, messageOf } from './errors.ts';
import { maskSecrets } from './mask-secrets.ts';

test.each([
  ['postgresql://w1:pw@host:5432/db?sslmode=require', 'postgresql://w1:***@host:5432/db?sslmode=require'],
  ['postgresql://w1@host/db', 'postgresql://w1@host/db'],
  ['postgres://w1:W@RONG/pw@host/db', 'postgres://w1:***@host/db'],
  ['postgresql://w1:a/b#c?d@host', 'postgresql://w1:***@host'],
  ['postgresql://host/db?user=u&password=pw&x=1', 'postgresql://host/db?user=u&password=***&x=1'],
  ['http://user:pass@minio:9000 and http://TOKEN@minio', 'http://user:***@minio:9000 and http://***@minio'],
  ['s3://AKIAKEY:secret@bucket/prefix', 's3://***@bucket/prefix'],
  ['s3://AKIAKEY@bucket', 's3://***@bucket'],
  [
    'https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&X-Amz-Credential=AKIA',
    'https://b.s3.amazonaws.com/k?X-Amz-Signature=***&X-Amz-Credential=***',
  ],
  ['host=h password=pw dbname=d', 'host=h password=*** dbname=d'],
  ["AWS_SECRET_ACCESS_KEY='a b' assay", 'AWS_SECRET_ACCESS_KEY=*** assay'],
  ['file:///x/node_modules/@scope/y.ts:3:1', 'file:///x/node_modules/@scope/y.ts:3:1'],
  ['https://example.com/@scope/pkg, study#1, model@champion, lr=1e-3', 'https://example.com/@scope/pkg, study#1, model@champion, lr=1e-3'],
])('%s is printed as %s', (text, printed) => expect(maskSecrets(text)).toBe(printed));

test('no password of a URL is ever left, whatever letters it is made of', () => {
  const password = fc
    .stringMatching(/^[A-Za-z0-9@/:?#%._~!$&*()+,;=-]{8,30}$/)
    .filter((text) => !'scheme://user:***@host.example/db'.includes(text));
  fc.assert(
    fc.property(password, fc.constantFrom('postgresql', 'postgres', 's3'), (secret, scheme) => {
      expect(maskSecrets(`cannot reach ${scheme}://user:${secret}@host.example/db: refused`)).not.toContain(secret);
    }),
  );
});

test('an error never holds one, in its message, hint or place; nor does what is said of an error of others', () => {
  const url = 'postgresql://w1:hunter2@host/db';
  const error = new AssayError('usage', `no ${url}`, { hint: `not ${url}`, place: url });
  expect([error.message, error.hint, error.place].join()).not.toContain('hunter2');
  expect(messageOf(new Error(`connect ${url}`))).toBe('connect postgresql://w1:***@host/db');
});

test('what is said of a failed query is why it failed, never its text or its values', () => {
  const failed = Object.assign(
    new Error('Failed query: select 1\nparams: secret', { cause: new Error('permission denied for table trials') }),
    {
      query: 'select 1',
      params: ['secret'],
    },
  );
  expect(messageOf(failed)).toBe('permission denied for table trials');
  expect(messageOf(new Error('boom'))).toBe('boom');
});
