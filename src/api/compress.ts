import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

/** Shorter answers fit into one packet as they are. */
const leastBytes = 1000;

/** Of 11: a chart of 60 kB takes about a millisecond, and hardly more bytes than with slower ones. */
const quality = 4;

const encoders = {
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes),
} as const;

type Encoding = keyof typeof encoders;

/** Compresses JSON from {@link leastBytes} on as the client accepts it; event streams, which end with their study, are never held back for it. */
export const compress: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers, body, status } = c.res;
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(headers.get('Content-Type') ?? '')) return;
  headers.append('Vary', 'Accept-Encoding');
  const encoding = encodingOf(c.req.header('Accept-Encoding') ?? '');
  if (encoding === null || body === null || headers.has('Content-Encoding')) return;
  const bytes = new Uint8Array(await c.res.arrayBuffer());
  const sent = bytes.length < leastBytes ? bytes : new Uint8Array(await encoders[encoding](bytes));
  const answer = new Response(sent, { status, headers });
  answer.headers.delete('Content-Length');
  if (sent !== bytes) answer.headers.set('Content-Encoding', encoding);
  c.res = answer;
};

/** RFC 9110, 12.5.3: the accepted encoding of the highest weight, of equal ones Brotli; null: the answer is sent as it is. */
export function encodingOf(accepted: string): Encoding | null {
  const weights = new Map(
    accepted
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
        const weight = parameters.find((text) => text.startsWith('q='))?.slice(2);
        return [name, weight === undefined ? 1 : Number(weight)] as const;
      }),
  );
  const weightOf = (name: Encoding): number => weights.get(name) ?? weights.get('*') ?? 0;
  const [br, gz] = [weightOf('br'), weightOf('gzip')];
  // A weight that is no number accepts nothing.
  if (!(br > 0 || gz > 0)) return null;
  return gz > br || !(br > 0) ? 'gzip' : 'br';
}
