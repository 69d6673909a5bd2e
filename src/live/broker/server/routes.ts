import { type Context, Hono } from 'hono';
import { isIsoDay } from '../../../core/iso-day.ts';
import { dayMs } from '../../../market/local-time.ts';
import { isoTime } from '../../iso-time.ts';
import { msOf } from '../../nanoseconds.ts';
import type { LotTerms } from '../lot-terms.ts';
import { isWorking } from '../order-states.ts';
import type { SubmitOutcome } from '../port/broker.ts';
import { calendarShape, clockShape } from './hours.ts';
import { parseChange, parseOrder, type RequestRefusal, refusalOf } from './order-request.ts';
import type { PaperAccount } from './paper-account.ts';
import type { ServedOrder } from './served-orders.ts';
import { activityId, activityShape, assetShape, orderShape, positionShape } from './shapes.ts';
import { dollarsText, opens, uuidOf } from './wire.ts';

const notFound = 40410000;
const notCancelable = 42210000;
const unauthorized = 40110000;
const [mostOrders, mostActivities] = [500, 100];

/**
 * Routes below `/v2` in the shape of Alpaca's trading interface.
 * @param secret of the account; null: whatever a client sends opens it, which only this machine may reach.
 */
export function paperRoutes(account: PaperAccount, secret: string | null): Hono {
  const app = new Hono().basePath('/v2');
  const { orders, terms } = account;
  const termsOf = (symbol: string): LotTerms => terms.get(symbol)!;
  const shown = (order: ServedOrder) => orderShape(order, termsOf(order.order.symbol));
  const refuse = (c: Context, { status, code, message, reject }: RequestRefusal) => c.json({ code, message, reject }, status);
  const missing = (c: Context, what: string) => c.json({ code: notFound, message: `${what} is not found` }, 404);
  const calendar = [...terms.values()][0]!.calendar;

  app.use(async (c, next) => {
    // A page of a browser cannot send these headers elsewhere without being asked first.
    if (!opens(c.req.header('apca-api-secret-key'), secret))
      return c.json({ code: unauthorized, message: 'access key verification failed' }, 401);
    await next();
    return undefined;
  });
  app.notFound((c) => missing(c, `endpoint ${c.req.path}`));

  const bodyOf = (c: Context): Promise<unknown> => c.req.json().catch(() => null);
  const answer = async (c: Context, id: string, outcome: SubmitOutcome) => {
    if (outcome.outcome === 'unknown') return c.json({ code: 50010000, message: outcome.because }, 500);
    if (outcome.outcome === 'rejected') return refuse(c, refusalOf(outcome.code, outcome.because));
    return c.json(shown(orders.byClientId(id)!));
  };
  const taken = (c: Context) => refuse(c, refusalOf('duplicate-id', 'client_order_id must be unique'));

  app.post('/orders', async (c) => {
    const parsed = parseOrder(await bodyOf(c), (symbol) => terms.get(symbol)?.tick);
    if (parsed.is === 'refused') return refuse(c, parsed.refusal);
    const outcome = account.submit(parsed.value);
    return outcome === null ? taken(c) : answer(c, parsed.value.id, await outcome);
  });

  app.get('/orders', (c) => {
    const { status = 'open', symbols, side, direction = 'desc', nested: _, limit = '50' } = c.req.query();
    const names = symbols?.split(',');
    const found = (status === 'open' ? orders.open() : orders.all())
      .filter(({ progress }) => status !== 'closed' || !isWorking(progress.state))
      .filter(({ order }) => (names === undefined || names.includes(order.symbol)) && (side === undefined || order.side === side))
      .filter(({ createdAt }) => isWithin(createdAt, c.req.query('after'), c.req.query('until')));
    const sorted = direction === 'asc' ? [...found].reverse() : found;
    return c.json(sorted.slice(0, Math.min(mostOrders, Number(limit) || mostOrders)).map(shown));
  });

  app.get('/orders:by_client_order_id', (c) => {
    const id = c.req.query('client_order_id') ?? '';
    const order = orders.byClientId(id);
    return order === undefined ? missing(c, `order ${id}`) : c.json(shown(order));
  });

  app.get('/orders/:id', (c) => {
    const order = orders.byId(c.req.param('id'));
    return order === undefined ? missing(c, 'order') : c.json(shown(order));
  });

  app.patch('/orders/:id', async (c) => {
    const old = orders.byId(c.req.param('id'));
    if (old === undefined) return missing(c, 'order');
    const tooLate = () => c.json({ code: notCancelable, message: 'order is not open' }, 422);
    if (!isWorking(old.progress.state)) return tooLate();
    const { order, progress } = old;
    const parsed = parseChange(await bodyOf(c), { order, filledLots: progress.filledLots, tick: termsOf(order.symbol).tick });
    if (parsed.is === 'refused') return refuse(c, parsed.refusal);
    const replaced = account.replace(old, parsed.value);
    if (replaced === null) return taken(c);
    const outcome = await replaced;
    return outcome === 'tooLate' ? tooLate() : answer(c, parsed.value.id, outcome);
  });

  app.delete('/orders/:id', async (c) => {
    const order = orders.byId(c.req.param('id'));
    if (order === undefined) return missing(c, 'order');
    const outcome = await account.cancel(order);
    return outcome === 'accepted' ? c.body(null, 204) : c.json({ code: notCancelable, message: 'order is not cancelable' }, 422);
  });

  const cancelAll = () =>
    Promise.all(
      orders.open().map(async (order) => {
        const outcome = await account.cancel(order);
        return { id: order.id, status: outcome === 'accepted' ? 200 : 422, body: shown(orders.byId(order.id)!) };
      }),
    );
  app.delete('/orders', async (c) => c.json(await cancelAll(), 207));

  const held = (symbol: string) => orders.positions().find((one) => one.symbol === symbol || uuidOf(`asset/${one.symbol}`) === symbol);
  const position = (one: Parameters<typeof account.markOf>[0]) => positionShape(one, termsOf(one.symbol), account.markOf(one));
  app.get('/positions', (c) => c.json(orders.positions().map(position)));
  app.get('/positions/:symbol', (c) => {
    const one = held(c.req.param('symbol'));
    return one === undefined ? missing(c, 'position') : c.json(position(one));
  });

  const close = async (symbol: string, lots: number, closing: number) => {
    const order = { symbol, qty: closing, side: lots > 0 ? 'sell' : 'buy', type: 'market', time_in_force: 'day' };
    const parsed = parseOrder(order, () => termsOf(symbol).tick);
    if (parsed.is === 'refused') return { refusal: parsed.refusal, order: null };
    const outcome = await account.submit(parsed.value)!;
    const refusal = outcome.outcome === 'rejected' ? refusalOf(outcome.code, outcome.because) : null;
    return { refusal, order: orders.byClientId(parsed.value.id)! };
  };
  app.delete('/positions/:symbol', async (c) => {
    const one = held(c.req.param('symbol'));
    if (one === undefined) return missing(c, 'position');
    const { qty, percentage } = c.req.query();
    const all = Math.abs(one.lots);
    const lots = qty !== undefined ? Number(qty) : percentage !== undefined ? (all * Number(percentage)) / 100 : all;
    if (!(Number.isSafeInteger(lots) && lots > 0 && lots <= all))
      return refuse(c, refusalOf('lot', `qty must be a whole number from 1 to ${all}`));
    const { refusal, order } = await close(one.symbol, one.lots, lots);
    return refusal === null ? c.json(shown(order!)) : refuse(c, refusal);
  });
  app.delete('/positions', async (c) => {
    if (c.req.query('cancel_orders')?.toLowerCase() === 'true') await cancelAll();
    const results = await Promise.all(
      orders.positions().map(async ({ symbol, lots }) => {
        const { refusal, order } = await close(symbol, lots, Math.abs(lots));
        return refusal === null
          ? { symbol, status: 200, body: shown(order!) }
          : { symbol, status: refusal.status, body: { code: refusal.code, message: refusal.message } };
      }),
    );
    return c.json(results, 207);
  });

  app.get('/account', async (c) => {
    const { nav, cash, longValue, shortValue, initialMargin, maintenanceMargin } = await account.amounts();
    const dollars = (micros: number | null): string | null => (micros === null ? null : dollarsText(micros));
    const free = nav === null ? null : Math.max(0, nav - initialMargin);
    return c.json({
      id: uuidOf('account'),
      account_number: 'PAPER',
      status: 'ACTIVE',
      currency: 'USD',
      cash: dollars(cash),
      equity: dollars(nav),
      last_equity: null,
      portfolio_value: dollars(nav),
      buying_power: dollars(free),
      regt_buying_power: dollars(free),
      daytrading_buying_power: '0',
      non_marginable_buying_power: dollars(free),
      long_market_value: dollarsText(longValue),
      short_market_value: dollarsText(shortValue),
      initial_margin: dollarsText(initialMargin),
      maintenance_margin: dollarsText(maintenanceMargin),
      multiplier: '1',
      shorting_enabled: true,
      pattern_day_trader: false,
      trading_blocked: false,
      transfers_blocked: true,
      account_blocked: false,
      trade_suspended_by_user: false,
      daytrade_count: 0,
    });
  });

  app.get('/account/activities/:type?', (c) => {
    const { direction = 'desc', page_token: token, page_size: size } = c.req.query();
    if ((c.req.param('type') ?? c.req.query('activity_types') ?? 'FILL') !== 'FILL') return c.json([]);
    const fills = orders.fills().map((fill) => ({ id: activityId(fill), shape: activityShape(fill, termsOf(fill.order.order.symbol)) }));
    if (direction !== 'asc') fills.reverse();
    const from = token === undefined ? 0 : fills.findIndex(({ id }) => id === token) + 1;
    return c.json(fills.slice(from, from + Math.min(mostActivities, Number(size) || mostActivities)).map(({ shape }) => shape));
  });

  app.get('/clock', (c) => c.json(clockShape(calendar, account.now())));
  app.get('/calendar', (c) => {
    const today = msOf(account.now());
    const { start = isoTime(today).slice(0, 10), end = isoTime(today + 30 * dayMs).slice(0, 10) } = c.req.query();
    const [first, last] = [start.slice(0, 10), end.slice(0, 10)];
    if (!isIsoDay(first) || !isIsoDay(last)) return refuse(c, refusalOf('kind', 'start and end must be dates, such as 2024-01-17'));
    return c.json(calendarShape(calendar, first, last));
  });

  app.get('/assets', (c) => c.json([...terms.values()].map(assetShape)));
  app.get('/assets/:symbol', (c) => {
    const symbol = c.req.param('symbol');
    const found = [...terms.values()].find((one) => one.symbol === symbol || uuidOf(`asset/${one.symbol}`) === symbol);
    return found === undefined ? missing(c, `asset ${symbol}`) : c.json(assetShape(found));
  });
  return app;
}

/** Bounds are exclusive; one that is no time bounds nothing. */
function isWithin(time: bigint, after: string | undefined, until: string | undefined): boolean {
  const [from, to] = [Date.parse(after ?? ''), Date.parse(until ?? '')];
  return !(msOf(time) <= from) && !(msOf(time) >= to);
}
