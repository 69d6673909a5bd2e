"""Decodes DBN files with Databento's own decoder, which is Rust behind Python, in pieces of 1 MiB, and prints what each took.

Arguments: paths of plain files. A record becomes a Python object whose fields are read when they are asked for; "price" reads one of them.
"""

import json
import resource
import sys
import time

import databento_dbn

PIECE = 1 << 20


def decode(path, field):
    decoder = databento_dbn.DBNDecoder()
    count = 0
    total = 0
    start = time.process_time()
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            decoder.write(piece)
            records = decoder.decode()
            count += len(records)
            if field:
                for record in records:
                    total += getattr(record, "price", 0)
    return {"seconds": time.process_time() - start, "records": count, "total": total}


def best(path, field):
    return min((decode(path, field) for _ in range(3)), key=lambda one: one["seconds"])


print(
    json.dumps(
        {
            "version": databento_dbn.__version__ if hasattr(databento_dbn, "__version__") else "",
            "files": [{"objects": best(path, False), "price": best(path, True)} for path in sys.argv[1:]],
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
