"""Reads a file of minute bars with pandas into columns with times in UTC, and prints the processor time of the fastest of three."""

import json
import sys
import time

import pandas


def read(path):
    start = time.process_time()
    frame = pandas.read_csv(path)
    frame["timestamp"] = pandas.to_datetime(frame["timestamp"], format="%Y-%m-%d %H:%M:%S").dt.tz_localize("UTC")
    seconds = time.process_time() - start
    assert len(frame) > 0
    return seconds


print(json.dumps({"seconds": min(read(sys.argv[1]) for _ in range(3)), "version": pandas.__version__}))
