"""Writes a space of Ray Tune or Hyperopt as JSON for `assay import`: python dump_space.py FILE.py[:NAME] > space.json
FILE.py is run, so name only files that you trust. NAME is the variable with the space; else the first of NAMES is taken."""
import json, runpy, sys
NAMES = ("space", "search_space", "param_space", "config")
ORDER = ("low", "high", "mu", "sigma", "q", "upper")  # of arguments that were given by name
found = set()

def plain(value):
    value = value.tolist() if hasattr(value, "tolist") else value  # numpy's numbers and arrays
    if value is None or isinstance(value, (bool, int, float, str, list, tuple)):
        return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
    sys.exit(f"{value!r} is no number or text: put a name for it into the space, and let the objective look it up")

def ray_node(domain):
    kind = type(domain).__name__
    if kind in ("Function", "Categorical"):
        return {"call": "sample_from", "args": []} if kind == "Function" else {"choice": [node(item) for item in domain.categories]}
    sampler = domain.get_sampler()
    sampler, q = (sampler.sampler, [sampler.q]) if type(sampler).__name__ == "Quantized" else (sampler, [])
    if hasattr(sampler, "sd"):
        return {"call": "q" * len(q) + "randn", "args": plain([sampler.mean, sampler.sd, *q])}
    name = ("log" if "Log" in type(sampler).__name__ else "") + ("randint" if kind == "Integer" else "uniform")
    return {"call": "q" * len(q) + name, "args": plain([domain.lower, domain.upper, *q])}

def hyperopt_node(apply):
    named = sorted(apply.named_args, key=lambda pair: (*ORDER, pair[0]).index(pair[0]))
    name, args = apply.name, [*apply.pos_args, *(arg for _, arg in named)]
    if name in ("literal", "dict", "pos_args"):
        return node(apply.obj if name == "literal" else dict(apply.named_args) if name == "dict" else args)
    if name in ("float", "int"):
        inner = node(args[0])
        return {**inner, "call": f"int_{inner['call']}"} if name == "int" and "call" in inner else inner
    if name == "hyperopt_param":
        return {**node(args[1]), "label": args[0].obj}
    if name == "switch":
        drawn = node(args[0])
        weights = {"probabilities": drawn["args"][0]} if drawn.get("call") == "categorical" else {}
        return {"choice": [node(arg) for arg in args[1:]], "label": drawn.get("label"), **weights}
    return {"call": name, "args": [node(arg).get("value") for arg in args]}

def node(value):
    library = type(value).__module__.split(".")[0]
    if isinstance(value, dict) and set(value) == {"grid_search"}:
        return {"choice": [node(item) for item in value["grid_search"]], "grid": True}
    if isinstance(value, dict):
        return {"dict": {str(key): node(item) for key, item in value.items()}}
    if library in ("ray", "hyperopt"):
        found.add(library)
        return ray_node(value) if library == "ray" else hyperopt_node(value)
    items = [node(item) for item in value] if isinstance(value, (list, tuple)) else None
    if items is not None and any("value" not in item for item in items):
        return {"list": items}
    return {"value": plain(value) if items is None else [item["value"] for item in items]}

path, _, name = sys.argv[1].partition(":")
names = runpy.run_path(path)
name = name or next((each for each in NAMES if each in names), NAMES[0])
space = node(names[name]) if name in names else sys.exit(f"{path} has no variable {name}: give the name of the space, {path}:NAME")
len(found) == 1 or sys.exit(f"{name} of {path} is no space of Ray Tune or Hyperopt")
print(json.dumps({"assay": "space", "version": 1, "from": found.pop(), "space": space}, indent=1, allow_nan=False))
