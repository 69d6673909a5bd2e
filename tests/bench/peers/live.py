"""Receives quotes with Databento's own client, each by a function that counts it, and prints how long that took.

Arguments: port and key of a gateway, symbol, how many records to receive.
"""

import json
import sys
import threading
import time

from databento import Live, MBP1Msg

port, key, symbol, wanted = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
live = Live(key=key, gateway="127.0.0.1", port=port, ts_out=True)
live.subscribe("GLBX.MDP3", "mbp-1", [symbol], start=0)
seen = {"records": 0, "begun": 0.0}
done = threading.Event()


def take(record):
    if not isinstance(record, MBP1Msg):
        return
    if seen["records"] == 0:
        seen["begun"] = time.perf_counter()
    seen["records"] += 1
    if seen["records"] >= wanted:
        seen["ended"] = time.perf_counter()
        done.set()


live.add_callback(take)
live.start()
done.wait(600)
live.terminate()
print(json.dumps({"seconds": seen.get("ended", time.perf_counter()) - seen["begun"], "records": seen["records"]}))
