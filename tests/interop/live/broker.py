"""What Alpaca's official client does with an account on paper that is served in the shape of its interface. Each case says "ok NAME" or "failed NAME".

Arguments: the address of the server, its secret, the symbol that it trades at 20000.00 / 20000.25."""

import queue
import sys
import threading
import time
import traceback

from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetCalendarRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
)
from alpaca.trading.stream import TradingStream

url, secret, symbol = sys.argv[1:4]
client = TradingClient("key", secret, paper=True, url_override=url)
patience = 30


def market(qty, side=OrderSide.BUY, **more):
    return client.submit_order(MarketOrderRequest(symbol=symbol, qty=qty, side=side, time_in_force=TimeInForce.DAY, **more))


def limit(price, qty=1, **more):
    request = LimitOrderRequest(symbol=symbol, qty=qty, side=OrderSide.BUY, time_in_force=TimeInForce.DAY, limit_price=price, **more)
    return client.submit_order(request)


def refused(status, work):
    try:
        work()
    except APIError as error:
        assert error.status_code == status, (error.status_code, str(error))
        return str(error)
    raise AssertionError("nothing was refused")


def until(order, status):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        now = client.get_order_by_id(order.id)
        if now.status == status:
            return now
        time.sleep(0.01)
    raise AssertionError(f"{now.status} in place of {status}")


def the_account_its_hours_and_its_assets_are_there():
    account = client.get_account()
    assert account.status.value == "ACTIVE" and float(account.equity) == 10000, account
    clock = client.get_clock()
    assert clock.is_open and clock.next_close > clock.timestamp, clock
    days = client.get_calendar(GetCalendarRequest(start="2024-01-15", end="2024-01-19"))
    assert len(days) == 5, days
    assert client.get_asset(symbol).symbol == symbol
    assert [asset.symbol for asset in client.get_all_assets()] == [symbol]
    assert client.get_all_positions() == []


def an_order_is_filled_and_held():
    filled = until(market(2, client_order_id="first"), OrderStatus.FILLED)
    assert (filled.filled_qty, filled.filled_avg_price) == ("2", "20000.25"), filled
    position = client.get_open_position(symbol)
    assert (position.qty, position.avg_entry_price, position.side.value) == ("2", "20000.25", "long"), position
    # Two contracts of 2 dollars a point are worth a quarter point less, and cost 57 cents a side.
    assert abs(float(client.get_account().equity) - (10000 - 1 - 1.14)) < 1e-6


def an_id_is_taken_once():
    said = refused(422, lambda: market(1, client_order_id="first"))
    assert "client_order_id must be unique" in said
    assert client.get_order_by_client_id("first").qty == "2"
    refused(404, lambda: client.get_order_by_client_id("nobody"))


def orders_rest_are_replaced_and_canceled():
    resting = until(limit(19990, client_order_id="rests"), OrderStatus.NEW)
    assert [order.id for order in client.get_orders()] == [resting.id]
    changed = client.replace_order_by_id(resting.id, ReplaceOrderRequest(limit_price=19980))
    assert (changed.limit_price, changed.replaces) == ("19980", resting.id)
    old = until(resting, OrderStatus.REPLACED)
    assert old.replaced_by == changed.id
    client.cancel_order_by_id(changed.id)
    until(changed, OrderStatus.CANCELED)
    refused(422, lambda: client.cancel_order_by_id(changed.id))
    limit(19990), limit(19991)
    results = client.cancel_orders()
    assert [result.status for result in results] == [200, 200], results
    closed = client.get_orders(GetOrdersRequest(status=QueryOrderStatus.CLOSED, limit=100))
    assert len(closed) == 5, closed


def what_cannot_be_is_refused():
    refused(422, lambda: market(1.5))
    refused(403, lambda: market(50))
    refused(422, lambda: limit(19990.1))
    request = MarketOrderRequest(symbol="NONE", qty=1, side=OrderSide.BUY, time_in_force=TimeInForce.DAY)
    refused(422, lambda: client.submit_order(request))
    refused(404, lambda: client.get_open_position("NONE"))
    stranger = TradingClient("key", secret + "x", paper=True, url_override=url)
    refused(401, stranger.get_account)


def updates_come_over_the_stream():
    stream = TradingStream("key", secret, paper=True, url_override=url.replace("http", "ws") + "/stream")
    updates = queue.Queue()

    async def take(update):
        updates.put(update)

    stream.subscribe_trade_updates(take)
    runner = threading.Thread(target=stream.run, daemon=True)
    runner.start()
    deadline = time.monotonic() + patience
    # The stream says nothing when it listens: the first order that it tells of was sent behind that.
    while time.monotonic() < deadline:
        probe = limit(19000)
        client.cancel_order_by_id(probe.id)
        try:
            if updates.get(timeout=0.2):
                break
        except queue.Empty:
            pass
    order = market(1, OrderSide.SELL, client_order_id="told")
    events = []
    while len(events) < 2:
        update = updates.get(timeout=patience)
        if update.order.id == order.id:
            events.append(update)
    assert [str(getattr(one.event, "value", one.event)) for one in events] == ["new", "fill"], events
    assert (events[1].price, events[1].qty, events[1].position_qty) == (20000, 1, 1), events[1]
    stream.stop()
    runner.join(patience)


def positions_are_closed():
    closing = client.close_position(symbol, ClosePositionRequest(qty="1"))
    until(closing, OrderStatus.FILLED)
    market(1)
    results = client.close_all_positions(cancel_orders=True)
    assert [result.status for result in results] == [200], results
    deadline = time.monotonic() + patience
    while client.get_all_positions() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.get_all_positions() == []


cases = [
    the_account_its_hours_and_its_assets_are_there,
    an_order_is_filled_and_held,
    an_id_is_taken_once,
    orders_rest_are_replaced_and_canceled,
    what_cannot_be_is_refused,
    updates_come_over_the_stream,
    positions_are_closed,
]

for case in cases:
    try:
        case()
        print(f"ok {case.__name__}", flush=True)
    except BaseException:
        print(f"failed {case.__name__}: {traceback.format_exc()}", flush=True)
