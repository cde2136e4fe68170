"""Fuzzing: files that nobody would write, each read, appraised and shown in every format.

    python benchmarks/fuzz.py 100000 [--seed 1] [--engine hypothesis|bytes|atheris]

``hypothesis`` takes the examples, templates, methodologies, programmes, factor files and saved results apart as trees, and drops, doubles, swaps and
replaces their parts; ``bytes`` edits their text; ``atheris`` does so led by coverage, where it is installed. Without ``--engine`` half of the inputs
are trees and half are bytes. Seed and number decide every input (atheris aside, whose engine counts branches), so a run can be repeated.

Whatever is in a file, the answer is a result or findings (`Invalid`), and takes less than a second of processor time. Anything else is a failure:
it is printed once for each place in the code, with its seed and an input made as small as it can be. The exit code is 1 when there was one.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this clone, whatever is installed
os.environ["CARBONCALC_CACHE"] = os.environ.get("CARBONCALC_CACHE") or tempfile.mkdtemp(prefix="carboncalc-fuzz-")

from carboncalc import factors, library, methodology, portfolio, programme, project  # noqa: E402
from carboncalc.cli.language import words  # noqa: E402
from carboncalc.cli.templates import template  # noqa: E402
from carboncalc.compare import compare  # noqa: E402
from carboncalc.estimation import estimate  # noqa: E402
from carboncalc.findings import Invalid  # noqa: E402
from carboncalc.portfolio.tally import keep  # noqa: E402
from carboncalc.reports import diff, text, trace  # noqa: E402
from carboncalc.reports import portfolio as table  # noqa: E402
from carboncalc.reports.formats import FORMATS, functions  # noqa: E402
from carboncalc.result import Outcome, to_json  # noqa: E402

EN, JA, VI = map(words, ("en", "ja", "vi"))
SLOW = 1.0  # seconds of processor time
HANGS = 20.0
Tree = Any


class Input(NamedTuple):
    """A file to try: what it claims to be, and its bytes."""

    kind: str
    raw: bytes


class Failure(NamedTuple):
    """What must not happen: a name that tells one fault from another, and the words to show."""

    name: str
    words: str


class Hung(BaseException):
    """The input took far too long; not an Exception, so that nothing on the way swallows it."""


# --- what is done with an input ---------------------------------------------------------------------------


def try_out(given: Input) -> Failure | None:
    """Read, appraise and show one input; None when the answer is a result or findings, in time."""
    took = HANGS
    for _ in range(2):  # a slow answer is asked for again: the machine may have been busy
        start = time.process_time()
        try:
            signal.signal(signal.SIGPROF, _hung)
            signal.setitimer(signal.ITIMER_PROF, HANGS)
            DOORS[given.kind](given.raw)
        except Hung as bad:
            return Failure(f"hangs in {_where(bad)}", traceback.format_exc())
        except Invalid as bad:
            _findings(bad)
        except Exception as bad:  # noqa: BLE001
            return Failure(f"{type(bad).__name__} in {_where(bad)}", traceback.format_exc())
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        took = min(took, time.process_time() - start)
        if took < SLOW:
            return None
    return Failure(f"slow {given.kind}", f"{took:.2f} s")


def _hung(*_: object) -> None:
    raise Hung


def _where(bad: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(bad.__traceback__) if "carboncalc" in f.filename or f.filename.startswith("<equations")]
    last = frames[-1] if frames else traceback.extract_tb(bad.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}:{last.lineno}"


def _findings(bad: Invalid) -> None:
    assert bad.findings and all(f.code.startswith("CC") and f.message for f in bad.findings), "findings without words"
    show(Outcome("<fuzz>", None, [f.to_dict() for f in bad.findings]))


def show(found: Outcome) -> None:
    """Render an outcome in every format, and check what a reader of each relies on."""
    rows = [keep(found)]
    tally = portfolio.Tally([portfolio.parse_gate("warning"), portfolio.parse_gate("reduction<1000")])
    tally.add(rows[0])
    tally.code()
    pages = {"text": text.render_findings(found.findings, 80, True, EN) if found.findings else ""}
    if found.result is not None:
        pages["json"] = to_json(found.result)
        json.loads(pages["json"], parse_constant=_no_number)
        pages["text"] += (
            text.render(found.result, 80, False, EN) + text.render(found.result, 60, False, JA) + text.render(found.result, 60, False, VI)
        )
        assert all(len(line) <= 40 for line in text.render(found.result, 40, False, EN).split("\n")), "wider than the page"
        pages["trace"] = "".join(trace.render(found.result, "", 80, False, tongue) or "" for tongue in (EN, JA, VI))
        pages["table"] = table.render(rows, tally.to_dict(), 60, False, EN)
        if (
            len(pages["json"]) % 8 == 0 and not found.result.get("park") and find_spec("xlsxwriter")
        ):  # of projects only; ten times as long as the rest
            from carboncalc.reports import workbook

            assert workbook.render(found.result, EN).startswith(b"PK")
    for name, spec in FORMATS.items():
        if name != "text" and not spec.needs:
            one, whole = functions(name, EN)
            pages[name] = "".join(p if isinstance(p, str) else p.decode() for p in whole([keep(found, one(found))], tally.to_dict))
    for name, page in pages.items():
        page.encode()  # nothing that UTF-8 cannot hold
        bad = re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page if name not in ("json", "jsonl", "jsons") else "")
        assert not bad, f"a control character in {name}"
    for name in ("jsonl", "sarif"):
        json.loads(pages[name], parse_constant=_no_number)
    from xml.etree import ElementTree

    ElementTree.fromstring(pages["junit"])


def _no_number(word: str) -> None:
    raise AssertionError(f"{word} in the output")


def _project(raw: bytes) -> None:
    show(portfolio.outcome(str(ROOT / "examples" / "fuzz.yaml"), raw))  # beside the examples, so that a park finds its projects


def _methodology(raw: bytes) -> None:
    """Load a methodology file that a stranger wrote, and estimate the template made from it."""
    found = methodology.load_file(_file(raw))
    if found.meta["kind"] == "methodology":
        sample = project.load(library.parse(template(found, "VN", EN)))
        estimate(sample, found, project.measures(sample)[0])


def _programme(raw: bytes) -> None:
    document = programme._read(_file(raw))
    for row in document.data["versions"]:
        programme._compile(document, row["version"])


def _factors(raw: bytes) -> None:
    factors._build([_file(raw)])


def _saved(raw: bytes) -> None:
    """Compare a saved result with what it was, as `diff` does."""
    from carboncalc.cli.comparing import results

    base = _sample()
    try:
        heads = results(_file(raw, ".json"))
    except ValueError:
        return
    for head in heads:
        assert head.result is not None
        found = compare(base, head.result)
        json.dumps(found, allow_nan=False)
        diff.render([found], [head.result], [base], 60, False, EN)
        diff.render_markdown([found], [head.result], [base], EN)


def _file(raw: bytes, ending: str = ".yaml") -> str:
    path = os.path.join(FOLDER, "input" + ending)
    with open(path, "wb") as file:
        file.write(raw)
    return path


DOORS: dict[str, Callable[[bytes], None]] = {
    "project": _project, "methodology": _methodology, "programme": _programme, "factors": _factors, "saved": _saved,
}  # fmt: skip
FOLDER = tempfile.mkdtemp(prefix="carboncalc-fuzz-input-")


# --- where inputs come from -------------------------------------------------------------------------------


def seeds() -> dict[str, list[str]]:
    """Return the files that are spoilt: text by kind, in a fixed order."""
    projects = [
        p.read_text(encoding="utf-8")
        for folder in ("examples", "tests/projects/valid", "tests/parks/valid")
        for p in sorted((ROOT / folder).glob("*.yaml"))
    ]
    projects += [template(methodology.load(id_), "VN", EN) for id_ in methodology.ids()]
    shipped = {kind: [Path(p).read_text(encoding="utf-8") for p in library.data_files(folder)] for kind, folder in SHIPPED.items()}
    small = [t for t in shipped["factors"] if len(t) < 12_000]
    return {"project": projects, **shipped, "factors": small, "saved": [to_json(_sample())]}


SHIPPED = {"methodology": "methodologies", "programme": "programmes", "factors": "factors"}
#: of 100 inputs, how many are of each kind
SHARES = {"project": 84, "methodology": 6, "programme": 3, "factors": 3, "saved": 4}
_samples: list[Any] = []


def _sample() -> Any:
    if not _samples:
        found = portfolio.outcome("<base>", (ROOT / "examples" / "factory-rooftop-solar.yaml").read_bytes())
        _samples.append(found.result)
    return _samples[0]


class Plain(str):
    """A scalar that is written as it stands, without quotes."""


def spoil(tree: Tree, rng: random.Random, others: list[Tree]) -> Tree:
    """Return a tree with one to six parts dropped, doubled, swapped or replaced; mappings are lists of pairs, so that a key can stand twice."""
    root = [tree]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 6))):
        holders = list(_holders(root))
        holder = rng.choice(holders)
        i = rng.randrange(len(holder))
        what = rng.random()
        if what < 0.12:
            del holder[i]
        elif what < 0.22:
            holder[i:i] = [_copy(holder[i])] * rng.choice((1, 1, 1, 2, 40))
        elif what < 0.32:
            other = rng.choice(holders)
            j = rng.randrange(len(other)) if other else 0
            if other and isinstance(other[j], Pair) == isinstance(holder[i], Pair):
                holder[i], other[j] = _copy(other[j]), _copy(holder[i])
        elif isinstance(holder[i], Pair) and what < 0.42:
            holder[i] = Pair(rng.choice((rng.choice(KEYS), *(p[0] for p in holder if isinstance(p, Pair)))), holder[i][1])
        else:
            value = holder[i][1] if isinstance(holder[i], Pair) else holder[i]
            new = _value(value, rng, others)
            holder[i] = Pair(holder[i][0], new) if isinstance(holder[i], Pair) else new
        if not root:
            return Plain("")
    return root[0]


class Pair(tuple[Any, Any]):
    """A key with its value."""

    def __new__(cls, key: str, value: Any) -> "Pair":
        return super().__new__(cls, (key, value))


class Map(list[Any]):
    """A mapping as pairs."""


def apart(data: Any) -> Tree:
    """Take plain data apart."""
    if isinstance(data, dict):
        return Map(Pair(k, apart(v)) for k, v in data.items())
    return [apart(v) for v in data] if isinstance(data, list) else data


def _copy(tree: Tree) -> Tree:
    if isinstance(tree, Pair):
        return Pair(tree[0], _copy(tree[1]))
    return type(tree)(_copy(t) for t in tree) if isinstance(tree, list) else tree


def _holders(tree: Tree) -> Iterator[list[Any]]:
    if isinstance(tree, list) and tree:
        yield tree
    for inner in tree if isinstance(tree, list) else []:
        yield from _holders(inner[1] if isinstance(inner, Pair) else inner)


def _value(value: Tree, rng: random.Random, others: list[Tree]) -> Tree:
    what = rng.random()
    if isinstance(value, str) and what < 0.35:
        match = list(re.finditer(r"[0-9.]+", value))
        if match and rng.random() < 0.6:
            m = rng.choice(match)
            return value[: m.start()] + rng.choice(NUMBERS) + value[m.end() :]
        return rng.choice((value + " " + rng.choice(UNITS), value.partition(" ")[0] + " " + rng.choice(UNITS), value[: len(value) // 2], value * 3))
    if isinstance(value, (int, float)) and what < 0.4:
        return rng.choice((value * 10, -value, value + 0.5, Plain(rng.choice(NUMBERS)), f"{value} {rng.choice(UNITS)}"))
    if what < 0.5:
        deep: Tree = value
        for _ in range(rng.choice((1, 1, 2, 70))):
            deep = [deep] if rng.random() < 0.5 else Map([Pair(rng.choice(KEYS), deep)])
        return deep
    if what < 0.65:
        holder = rng.choice(list(_holders([rng.choice(others)])))
        found = rng.choice(holder)
        return _copy(found[1] if isinstance(found, Pair) else found)
    return rng.choice(
        (Plain(rng.choice(NUMBERS)), rng.choice(TEXTS), Plain(rng.choice(PLAINS)), f"{rng.choice(NUMBERS)} {rng.choice(UNITS)}", Map(), [])
    )


NUMBERS = (
    "0", "-0", "1", "-1", "0.5", "1e308", "-1e308", "1e-308", "1e-320", "5e-324", "1e17", "2147483648", "9" * 299, "9" * 400, "1e400", "12 000", "1_0", "1,5", "007",
    "+3", "-", ".5", "1.", "1e", "١٢", "²", "1 million", "100", "2027", "0x7E3", "1e15", "99999999999999999999",
)  # fmt: skip
UNITS = (
    "%", "t/year", "kg", "GWh/year", "MWh", "kWh/km", "kWh/t", "L/100km", "m3/day", "day/year", "t", "JPY", "VND", "VND/year", "JPY/t", "tCO2e/MWh", "kg CH4", "K", "year", "h",
    "1", "", "ton", "Nm3", "± 10 %", "± 1e308 %", "kg/" * 30 + "kg", "m**9", "m**-9**9", "/0km", "t*t*t", "t/0t", "%/%", "kWh^2", "-", "±", "° C", "t C", "/" * 50, "kWh/100 1000km",
)  # fmt: skip
TEXTS = (
    "", " ", "x", "x\n", "VN", "diesel", "food", "grid", "AR6", "2025-09-30", "20250930", "2025-W40-2", "9999-12-31", "0000-00-00", "jcm/model-project", "jcm/model-project@",
    "vn/decree-112-2026", "cdm/ams-iii-c", "jcm/vn-am007@1.0", "carboncalc/finance", "../../etc/passwd", "/dev/zero", "a" * 5000, "=1+1", "\u202eabc", "\x1b[31m", "\ufeff", "\u200b",
    "𝔘𝔫𝔦", "é" * 300, "{country}", "{0}", "%s%n", "]]>", "a\nb", "a\r\nb", "a\u2028b", "\x85", "<!--", "```", "|", "::error::", "electricity.grid", "fuel..co2", ".", "year", "sum(x, y)", "1/0", "((((",
    "v_x", "BE_y * 0", "exp(1)", "__import__", "\ud7ff", "\uffff", "\ufdd0", "\U0010ffff",
)  # fmt: skip
PLAINS = (
    "true",
    "false",
    "null",
    "~",
    "NO",
    ".nan",
    ".inf",
    "-.INF",
    "*a",
    "&a x",
    "&a [*a]",
    "!!str 5",
    "!x",
    "2025-09-30",
    "0x7E3",
    "<<",
    "? ",
    "- ",
    "|",
    ">",
    "'",
    '"',
    "\t",
    "#",
    "@",
)
KEYS = (
    "id", "value", "range", "source", "note", "title", "unit", "formula", "kind", "year", "years", "2027", "2028", "0x7E3", "²", "1e3", "", "<<", "x" * 300, "country", "facts", "at", "over", "use",
    "VND", "JPY", "electricity.grid", "gwp.AR5.CH4", "fuel.diesel.density", "default", "role", "[", "\u202e", "a b", "finance", "programmes", "measures", "inputs", "exchange_rates", "lifetime", "kind", "park",
)  # fmt: skip


def written(tree: Tree) -> str:
    """Write a tree as YAML in flow style, a line for each pair, so that lines can be taken away."""
    if isinstance(tree, Map):
        return "{\n" + ",\n".join(f"{json.dumps(k, ensure_ascii=False)}: {written(v)}" for k, v in tree) + "}"
    if isinstance(tree, list):
        return "[" + ",\n".join(map(written, tree)) + "]"
    if isinstance(tree, Plain):
        return str(tree)
    return json.dumps(tree, ensure_ascii=False)


def edited(raw: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return bytes with one to eight edits: cut, doubled, changed, or crossed with another file."""
    out = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 2, 4, 8))):
        i = rng.randrange(len(out) + 1)
        j = min(len(out), i + rng.choice((1, 1, 2, 5, 20, 200)))
        what = rng.random()
        if what < 0.2:
            del out[i:j]
        elif what < 0.3:
            out[i:i] = out[i:j] * rng.choice((1, 1, 2, 50))
        elif what < 0.45:
            out[i:j] = bytes(rng.randrange(256) for _ in range(j - i if j - i < 6 else 1))
        elif what < 0.6:
            out[i:i] = rng.choice((*NUMBERS, *UNITS, *PLAINS, *TEXTS)).encode("utf-8", "surrogatepass")
        elif what < 0.7:
            other = rng.choice(others)
            k = rng.randrange(len(other))
            out[i:j] = other[k : k + rng.choice((5, 50, 400))]
        elif what < 0.85 and (numbers := list(re.finditer(rb"[0-9.]+", out))):
            m = rng.choice(numbers)
            out[m.start() : m.end()] = rng.choice(NUMBERS).encode()
        else:
            lines = out.split(b"\n")
            a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[a], lines[b] = lines[b], lines[a] if rng.random() < 0.5 else lines[b]
            out = bytearray(b"\n".join(lines))
    return bytes(out)


# --- engines ----------------------------------------------------------------------------------------------


def structured(n: int, seed: int) -> Iterator[Input]:
    """Yield spoilt trees; Hypothesis draws what is spoilt, in batches that are forgotten, so that memory stays flat."""
    known = seeds()
    trees = {kind: [apart(library.parse(t).data) for t in texts] for kind, texts in known.items()}
    kinds = [k for k, share in SHARES.items() for _ in range(share)]
    size = 500
    for batch in range(-(-n // size)):
        yield from _drawn(seed * 1_000_003 + batch, min(size, n - batch * size), kinds, trees)


def _drawn(seed: int, n: int, kinds: list[str], trees: dict[str, list[Tree]]) -> list[Input]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    made: list[Input] = []

    @seeded(seed)
    @settings(max_examples=n, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(kinds), st.integers(0, 10**9), st.randoms(use_true_random=True))
    def draw(kind: str, which: int, rng: random.Random) -> None:
        tree = _copy(trees[kind][which % len(trees[kind])])
        made.append(Input(kind, written(spoil(tree, rng, trees[kind])).encode("utf-8", "surrogatepass")))

    draw()
    return made


def raw(n: int, seed: int) -> Iterator[Input]:
    """Yield edited files."""
    rng = random.Random(seed)
    files = {kind: [t.encode() for t in texts] for kind, texts in seeds().items()}
    kinds = [k for k, share in SHARES.items() for _ in range(share)]
    for _ in range(n):
        kind = rng.choice(kinds)
        yield Input(kind, edited(rng.choice(files[kind]), rng, files[kind]))


def run(inputs: Iterator[Input], limit: int = 50) -> tuple[Counter[str], dict[str, Input]]:
    """Try inputs; count them by what came of them, and keep the first input of each failure."""
    counts: Counter[str] = Counter()
    failures: dict[str, Input] = {}
    for given in inputs:
        found = try_out(given)
        counts[f"{given.kind} tried"] += 1
        if found is not None:
            counts[found.name] += 1
            failures.setdefault(found.name, given)
            if len(failures) >= limit:
                break
    return counts, failures


def smaller(given: Input, name: str, tries: int = 600) -> Input:
    """Take lines, then words, away for as long as the failure stays the same."""
    for pattern in (rb"(?<=\n)", rb"(?<=[\s,:{}\[\]])"):
        parts = re.split(pattern, given.raw)
        width = max(len(parts) // 2, 1)
        while width and tries > 0:
            i = 0
            while i < len(parts) and tries > 0:
                tries -= 1
                less = parts[:i] + parts[i + width :]
                found = try_out(Input(given.kind, b"".join(less)))
                if found is not None and found.name == name:
                    parts = less
                else:
                    i += width
            width //= 2
        given = Input(given.kind, b"".join(parts))
    return given


def report(failures: dict[str, Input], seed: int) -> None:
    """Print each failure with its smallest input."""
    for name, given in failures.items():
        small = smaller(given, name)
        found = try_out(small)
        print(f"\n--- {name} (seed {seed}, a {small.kind} file of {len(small.raw)} bytes)")
        print(small.raw[:2000].decode("utf-8", "backslashreplace"))
        print((found or Failure("", "not repeated")).words.strip()[-1500:])


def led_by_coverage(n: int, seed: int) -> int:
    """Run atheris in a process of its own, since its engine ends the process; failing inputs come back as files."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = os.path.join(folder, "corpus")
        os.mkdir(corpus)
        for i, given in enumerate(seeds()["project"]):
            Path(corpus, str(i)).write_text(given, encoding="utf-8")
        command = [sys.executable, __file__, str(n), "--seed", str(seed), "--engine", "atheris-child", "--folder", folder]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        told = [line for line in done.stderr.splitlines() if line.startswith(("Done", "stat::", "#"))]
        print("\n".join(told[-3:]) or done.stderr[-2000:])
        failures = {}
        for path in sorted(Path(folder).glob("failed-*")):
            failure = try_out(Input("project", path.read_bytes()))
            if failure is not None:
                failures.setdefault(failure.name, Input("project", path.read_bytes()))
        report(failures, seed)
        return 1 if failures or done.returncode else 0


def _atheris_child(n: int, seed: int, folder: str) -> None:
    import atheris

    for name in list(sys.modules):
        if name.split(".")[0] == "carboncalc":
            del sys.modules[name]
    with atheris.instrument_imports(include=["carboncalc"]):
        import carboncalc.portfolio

    globals()["portfolio"] = carboncalc.portfolio
    seen: set[str] = set()

    def once(raw: bytes) -> None:
        try:
            found = carboncalc.portfolio.outcome("<fuzz>", raw)
        except Exception as bad:  # noqa: BLE001
            if _where(bad) not in seen:
                seen.add(_where(bad))
                Path(folder, f"failed-{len(seen)}").write_bytes(raw)
            return
        assert found.findings is not None

    atheris.Setup([sys.argv[0], f"-runs={n}", f"-seed={seed}", "-max_len=4096", "-timeout=20", os.path.join(folder, "corpus")], once)
    atheris.Fuzz()


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="how many inputs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("hypothesis", "bytes", "atheris", "atheris-child"))
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine == "atheris-child":
        _atheris_child(args.n, args.seed, args.folder)
        return 0
    if args.engine == "atheris":
        return led_by_coverage(args.n, args.seed)
    start, code = time.monotonic(), 0
    halves = {"hypothesis": args.n, "bytes": 0} if args.engine == "hypothesis" else {"hypothesis": 0, "bytes": args.n}
    if args.engine is None:
        halves = {"hypothesis": args.n - args.n // 2, "bytes": args.n // 2}
    for name, n in halves.items():
        if n:
            counts, failures = run((structured if name == "hypothesis" else raw)(n, args.seed))
            tried = sum(v for k, v in counts.items() if k.endswith(" tried"))
            print(f"{name}: {tried} inputs in {time.monotonic() - start:.0f} s, {len(failures)} kinds of failure; {dict(counts)}", flush=True)
            report(failures, args.seed)
            code = code or int(bool(failures))
    return code


if __name__ == "__main__":
    sys.exit(main())
