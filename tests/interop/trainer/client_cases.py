"""Cases of assay-client against a server: python client_cases.py URL COMMAND... prints ok."""

import sys

from assay import AssayError, Client, ask_tell

url, *command = sys.argv[1:]
client = Client(url)
space = {"x": {"type": "float", "low": 0, "high": 1}}


def refused(code, call):
    try:
        call()
    except AssayError as error:
        assert error.code == code, (error.code, code, str(error))
        assert error.message
    else:
        raise AssertionError(f"nothing was refused with {code}")


with ask_tell(space, study="cases", seed=1, command=command) as search:
    for trial in search.trials(3):
        search.tell(trial.number, trial.params["x"])
    refused("conflict", lambda: search.tell(0, 1.0))
    first = search.ask()
    search.report(first.number, 1, float("nan"))
    search.tell(first.number, state="failed")
    assert search.add({"x": 0.5}, -1.0) == 4
    assert search.best()["number"] == 4

assert client.study("cases")["name"] == "cases"
assert [one["name"] for one in client.studies()].count("cases") == 1
assert [trial["number"] for trial in client.trials("cases", sort="number", limit=2)] == [0, 1, 2, 3, 4]
assert [trial["number"] for trial in client.trials("cases", state=["failed"])] == [3]
assert client.trial("cases#3")["reports"][0]["step"] == 1
assert client.best("cases")[0]["address"] == "cases#4"
assert list(client.models()) == []
refused("not_found", lambda: client.study("absent"))
refused("usage", lambda: client.trial("cases"))
refused("unavailable", lambda: Client("http://127.0.0.1:9", timeout=5).study("cases"))
refused("unavailable", lambda: ask_tell(space, command=["/absent/assay"]))
print("ok")
