"""What the official client of Databento's live gateways does with a gateway of recordings. Each case says "ok NAME" or "failed NAME" with the reason.

Argument: a JSON file {"key", "symbol", "folder", "ports": {...}, "middle", "counts": {...}}."""

import collections
import json
import pathlib
import sys
import threading
import traceback

import databento
from databento import Compression, ErrorMsg, Live, MBOMsg, MBP1Msg, OHLCVMsg, SymbolMappingMsg, SystemMsg, TradeMsg
from databento.common.error import BentoError

facts = json.loads(pathlib.Path(sys.argv[1]).read_text())
patience = 60


def client(port, **more):
    options = {"ts_out": True, "heartbeat_interval_s": 30, **more}
    return Live(key=facts["key"], gateway="127.0.0.1", port=facts["ports"][port], **options)


class Received:
    """Records of a client by their type, until a condition on the newest one holds."""

    def __init__(self, live, until):
        self.live, self.until = live, until
        self.records = []
        self.done = threading.Event()
        live.add_callback(self.take)

    def take(self, record):
        self.records.append(record)
        if self.until(record):
            self.done.set()

    def wait(self):
        assert self.done.wait(patience), f"waited in vain behind {len(self.records)} records"
        return self

    def of(self, kind):
        return [record for record in self.records if isinstance(record, kind)]


def replays_ended(n):
    left = collections.Counter({"n": n})

    def until(record):
        if isinstance(record, SystemMsg) and record.msg.startswith("Finished"):
            left["n"] -= 1
        return left["n"] <= 0

    return until


def whole(name, port="plain", **more):
    """Everything that is recorded, to a file, which whoever started this compares with the recording."""
    live = client(port, **more)
    live.subscribe("GLBX.MDP3", "mbp-1", [facts["symbol"]], start=0)
    live.subscribe("GLBX.MDP3", "ohlcv-1m", [facts["symbol"]], start=0)
    received = Received(live, replays_ended(2))
    live.add_stream(str(pathlib.Path(facts["folder"], name)))
    live.start()
    received.wait()
    live.stop()
    live.block_for_close(timeout=patience)
    assert len(received.of(MBP1Msg)) == facts["counts"]["mbp-1"], len(received.of(MBP1Msg))
    assert len(received.of(OHLCVMsg)) == facts["counts"]["ohlcv-1m"]
    return received


def records_are_those_of_the_file():
    received = whole("plain.dbn", slow_reader_behavior="skip")
    assert all(record.ts_out is not None for record in received.of(MBP1Msg))


def packed_records_are_those_of_the_file():
    whole("packed.dbn", compression=Compression.ZSTD, ts_out=False, slow_reader_behavior="warn")


def a_start_leaves_out_what_was_before():
    live = client("plain")
    live.subscribe("GLBX.MDP3", "mbp-1", [facts["symbol"]], start=facts["middle"])
    received = Received(live, replays_ended(1))
    live.start()
    records = received.wait().of(MBP1Msg)
    live.terminate()
    assert records[0].ts_event >= facts["middle"]
    assert len(records) == facts["counts"]["after the middle"], len(records)


def wrong_keys_and_data_sets_are_refused():
    for key, dataset, said in ((facts["key"][:-1] + "X", "GLBX.MDP3", "Authentication failed"), (facts["key"], "XNAS.ITCH", "Unknown dataset")):
        try:
            Live(key=key, gateway="127.0.0.1", port=facts["ports"]["plain"]).subscribe(dataset, "trades", ["S1"])
        except BentoError as error:
            assert said in str(error), error
        else:
            raise AssertionError("nothing was refused")


def unknown_symbols_are_told_and_the_others_come():
    live = client("trades")
    live.subscribe("GLBX.MDP3", "trades", [*(f"NONE{n}" for n in range(1200)), "S1"], start=0)
    received = Received(live, replays_ended(1))
    live.start()
    received.wait()
    live.terminate()
    errors = received.of(ErrorMsg)
    assert len(errors) == 1200 and all("Symbol resolution failed" in one.err for one in errors), len(errors)
    assert len(received.of(TradeMsg)) == 4


def sessions_run_side_by_side_and_symbols_are_mapped():
    names = ((("S1",), "raw_symbol", 4), ("ALL_SYMBOLS", "raw_symbol", 7), (("S.c.0",), "continuous", 4))
    lives = []
    for symbols, kind, n in names:
        live = client("trades")
        live.subscribe("GLBX.MDP3", "trades", symbols, kind, start=0)
        lives.append((live, Received(live, replays_ended(1)), n))
    for live, _, _ in lives:
        live.start()
    for live, received, n in lives:
        assert len(received.wait().of(TradeMsg)) == n
    continuous = lives[2][0]
    assert set(continuous.symbology_map.values()) == {"S1"}, continuous.symbology_map
    for live, _, _ in lives:
        live.terminate()


def a_market_with_a_speed_takes_later_subscriptions():
    live = client("paced")
    live.subscribe("GLBX.MDP3", "trades", ["S1"])
    received = Received(live, lambda record: isinstance(record, TradeMsg) and record.instrument_id == 2)
    live.start()
    live.subscribe("GLBX.MDP3", "trades", ["S2"])
    received.wait()
    live.terminate()
    assert any(record.instrument_id == 1 for record in received.of(TradeMsg))


def it_connects_again_after_resets_and_errors():
    live = client("faulty", reconnect_policy="reconnect")
    live.subscribe("GLBX.MDP3", "mbp-1", [facts["symbol"]], start=0)
    gaps = []
    live.add_reconnect_callback(lambda *gap: gaps.append(gap))
    received = Received(live, lambda record: len(gaps) == 2 and len(received.of(MBP1Msg)) >= 700 + 900 + 500)
    live.start()
    received.wait()
    live.terminate()
    assert len(gaps) == 2


def a_snapshot_begins_with_a_cleared_book():
    live = client("orders")
    live.subscribe("GLBX.MDP3", "mbo", ["S7"], snapshot=True)
    received = Received(live, lambda record: isinstance(record, MBOMsg) and record.flags & databento.RecordFlags.F_LAST)
    live.start()
    records = received.wait().of(MBOMsg)
    live.terminate()
    records = records[:3]
    assert [str(record.action) for record in records] == ["R", "A", "A"], records
    assert all(record.flags & databento.RecordFlags.F_SNAPSHOT for record in records)


def intervals_end_and_silence_is_filled():
    live = client("bars", heartbeat_interval_s=5)
    live.subscribe("GLBX.MDP3", "ohlcv-1m", ["S1"], start=0)
    received = Received(live, lambda record: isinstance(record, SystemMsg) and record.is_heartbeat())
    live.start()
    received.wait()
    live.terminate()
    ends = [record for record in received.of(SystemMsg) if record.msg.startswith("End of interval")]
    assert len(ends) == 4 and len(received.of(OHLCVMsg)) == 3, (len(ends), len(received.of(OHLCVMsg)))
    assert len(received.of(SymbolMappingMsg)) == 1


cases = [
    records_are_those_of_the_file,
    packed_records_are_those_of_the_file,
    a_start_leaves_out_what_was_before,
    wrong_keys_and_data_sets_are_refused,
    unknown_symbols_are_told_and_the_others_come,
    sessions_run_side_by_side_and_symbols_are_mapped,
    a_market_with_a_speed_takes_later_subscriptions,
    it_connects_again_after_resets_and_errors,
    a_snapshot_begins_with_a_cleared_book,
    intervals_end_and_silence_is_filled,
]


def run(case):
    try:
        case()
        print(f"ok {case.__name__}", flush=True)
    except BaseException:
        print(f"failed {case.__name__}: {traceback.format_exc()}", flush=True)


for case in cases:
    run(case)
