"""Mutation testing: ``python benchmarks/mutants.py [formula|units|factors|eligibility|finance …]``, from the root, with the extra ``test``.

A mutant is the package with one small fault: a comparison, an operator, a number, a condition, a key, a statement. A mutant that no test
notices (a survivor) is behaviour that no test states. Those that ``tests/mutants.md`` explains are not shown again. The exit code is 1 when
fewer than ``--least`` per cent are killed.

pytest collects the tests once. Each is run once under a tracer to learn which lines it reaches; then every mutant gets a process of its
own, forked from the first: the code of one function is exchanged, what the package remembers is emptied, and the tests that reach the
line run, those that killed its neighbours first, then the quickest. No file is changed. Texts with a blank in them are not mutated: they
are wording. Neither are constants of a module and defaults of arguments, which are no code of a function. Of the tests of a line at most
``--seconds`` are run, so the share is a lower bound. Before the first mutant all tests run in such a process without one, and must pass.
"""

import argparse
import ast
import copy
import gc
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / "tests" / "mutants.md"

#: room -> files mutated, tests that speak of it
ROOMS = {
    "formula": (["formula/*.py"], ["formula", "formula_edges", "latex"]),
    "units": (["units/*.py"], ["units", "units_edges"]),
    "factors": (["factors.py"], ["factors_edges", "factor_data", "finance_edges"]),
    "eligibility": (["eligibility.py"], ["eligibility_edges", "model_projects", "viet_nam_law", "findings"]),
    "finance": (["finance/*.py"], ["finance", "finance_edges", "credits", "findings"]),
}
#: exit code of a process that could not become its mutant, and what stands for the test it failed: a function whose code no longer closes over
#: the same names (a `super()` gone) cannot be exchanged, and such a mutant is not counted
BROKEN, BROKEN_AT = 77, -2
#: rooms whose code compiles data files: what they have compiled is not taken from the cache
COMPILERS = {"formula", "units", "factors"}
SWAPS: dict[type, list[type]] = {
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is], ast.In: [ast.NotIn], ast.NotIn: [ast.In],
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.FloorDiv: [ast.Div], ast.Mod: [ast.Div],
    ast.Pow: [ast.Mult], ast.BitOr: [ast.BitAnd], ast.BitAnd: [ast.BitOr], ast.BitXor: [ast.BitAnd],
    ast.And: [ast.Or], ast.Or: [ast.And],
}  # fmt: skip


class Mutant(NamedTuple):
    """One fault: where it is, the changed tree, and the function whose code it changes."""

    file: str
    lines: tuple[int, ...]
    function: tuple[str, int]
    shown: str
    before: str
    after: str
    nth: int
    tree: ast.Module

    @property
    def key(self) -> str:
        return f"{self.file} | {self.shown} | {self.before} → {self.after}" + (f" ({self.nth})" if self.nth > 1 else "")


def variants(node: ast.AST) -> Iterator[ast.AST | None]:
    """Yield what a node is replaced by; None stands for nothing (a statement becomes ``pass``)."""

    def like(**changes: Any) -> ast.AST:
        made = copy.copy(node)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def constant(value: object, at: ast.AST = node) -> ast.AST:
        return ast.copy_location(ast.Constant(value), at)

    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for new in SWAPS[type(op)]:
                    yield like(ops=[*node.ops[:i], new(), *node.ops[i + 1 :]])
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            for new in SWAPS.get(type(node.op), []):
                yield like(op=new())
            if isinstance(node, ast.AugAssign):
                yield None
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(value=bool()):
            yield constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield constant(node.value + 1)
            yield constant(node.value - 1)
        case ast.Constant(value=str()) if not any(c.isspace() for c in node.value):
            yield constant("XX" + node.value)
        case ast.If() | ast.IfExp():
            yield like(test=constant(True, node.test))
            yield like(test=constant(False, node.test))
        case ast.While():
            yield like(test=constant(False, node.test))
        case ast.Return() if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield like(value=constant(None))
        case ast.Call():
            for i in range(len(node.keywords)):
                yield like(keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])
        case ast.comprehension():
            for i in range(len(node.ifs)):
                yield like(ifs=[*node.ifs[:i], *node.ifs[i + 1 :]])
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue():
            yield None
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield None


def children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """Yield the child nodes that compute something: no annotation, no docstring."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "ctx"):
            continue
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            for i, child in enumerate(value):
                docstring = name == "body" and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
                if isinstance(child, ast.AST) and not docstring:
                    yield name, i, child


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    text, tree, file = source.splitlines(), ast.parse(source), path.relative_to(ROOT / "carboncalc").as_posix()
    seen: Counter[str] = Counter()

    def walk(node: ast.AST, parents: tuple[ast.AST, ...], function: tuple[str, int] | None) -> Iterator[Mutant]:
        if function is None and isinstance(node, (ast.FunctionDef, ast.Lambda)):
            function = (getattr(node, "name", "<lambda>"), min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]))
        for name, i, child in children(node):
            if isinstance(node, ast.arguments) and name in ("defaults", "kw_defaults"):
                continue  # a default is not part of a function's code
            if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
                continue
            if function is not None:
                for new in variants(child):
                    put = ast.copy_location(ast.Pass(), child) if new is None else new
                    yield from swapped(node, name, i, child, put, parents, function)
            yield from walk(child, (*parents, node), function)

    def swapped(
        node: ast.AST, name: str, i: int | None, child: ast.AST, new: ast.AST, parents: tuple[ast.AST, ...], function: tuple[str, int]
    ) -> Iterator[Mutant]:
        def put(value: ast.AST) -> None:
            if i is None:
                setattr(node, name, value)
            else:
                getattr(node, name)[i] = value

        chain = [child, node, *parents[::-1]]
        at = next(n for n in chain if hasattr(n, "lineno"))
        statement = next(n for n in chain if isinstance(n, ast.stmt))
        shown = text[at.lineno - 1].strip()
        small = child if not isinstance(child, ast.stmt) or isinstance(child, (ast.Expr, ast.AugAssign, ast.Return, ast.Raise)) else None
        before = ast.unparse(small) if small is not None else shown
        if isinstance(child, (ast.If, ast.While)):
            before, after = ast.unparse(child.test), ast.unparse(new.test)  # type: ignore[attr-defined]
        else:
            after = ast.unparse(new)
        put(new)
        key = f"{shown}|{before}|{after}"
        seen[key] += 1
        try:
            compile(tree, str(path), "exec")
        except (SyntaxError, TypeError, ValueError):
            return  # Python itself refuses it
        else:
            lines = tuple({at.lineno, statement.lineno})
            short = [s if len(s) <= 160 else s[:157] + "…" for s in (" ".join(before.split()), " ".join(after.split()))]
            yield Mutant(file, lines, function, shown, *short, seen[key], tree)
        finally:
            put(child)

    yield from walk(tree, (), None)


Functions = dict[tuple[str, tuple[str, int]], list[FunctionType]]


def functions(files: set[str]) -> Functions:
    """Return the function objects of the running package by file, name and first line."""
    found: Functions = defaultdict(list)
    for f in gc.get_objects():
        if isinstance(f, FunctionType) and f.__code__.co_filename in files:
            found[f.__code__.co_filename, (f.__code__.co_name, f.__code__.co_firstlineno)].append(f)
    return found


def exchange(mutant: Mutant, running: Functions) -> None:
    """Give the functions of the running package the mutant's code."""
    path = str(ROOT / "carboncalc" / mutant.file)

    def codes(code: CodeType) -> Iterator[CodeType]:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                yield inner
                yield from codes(inner)

    made = next(c for c in codes(compile(mutant.tree, path, "exec")) if (c.co_name, c.co_firstlineno) == mutant.function)
    for function in running[path, mutant.function]:
        function.__code__ = made


def forget() -> None:
    """Empty whatever the package remembers, so that a mutated function is asked again."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "carboncalc":
            for key, value in vars(module).items():
                if key.startswith("_") and key[1:2].islower() and type(value) in (dict, list):
                    value.clear()
                elif hasattr(value, "cache_clear"):
                    value.cache_clear()


class Runner:
    """A pytest plugin that runs the tests of each mutant instead of each test."""

    def __init__(self, paths: list[Path], seconds: float, jobs: int, only: set[str] | None, compiling: bool) -> None:
        self.paths, self.seconds, self.jobs, self.only = paths, seconds, jobs, only
        self.compiling = compiling
        self.reached: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.took: list[float] = []
        self.killed: list[str] = []
        self.survived: list[str] = []
        self.running: dict[int, tuple[Mutant | None, int]] = {}
        self.functions: Functions = {}
        self.untested = self.late = self.unplaced = 0

    def pytest_runtestloop(self, session: Any) -> bool:
        session.config._tmp_path_factory.getbasetemp()  # one for all processes, made before the first
        self.session = session
        self.learn()
        self.functions = functions({str(p) for p in self.paths})
        gc.collect()
        gc.freeze()
        self.start(None, list(range(len(session.items))))
        failed, _ = self.wait()[1:]
        if failed != -1:
            sys.exit(f"without any mutant {session.items[max(failed, 0)].nodeid} fails in a process of its own")
        self.work()
        return True

    def run(self, item: Any) -> bool:
        """Return whether a test passes."""
        from _pytest.runner import runtestprotocol

        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))

    def learn(self) -> None:
        """Run every test once, as cold as alone, and note which lines it reaches."""
        files = {str(p) for p in self.paths}
        lines: set[tuple[str, int]] = set()

        def inside(frame: Any, event: str, arg: Any) -> Any:
            if event == "line":
                lines.add((frame.f_code.co_filename, frame.f_lineno))
            return inside

        def tracer(frame: Any, event: str, arg: Any) -> Any:
            if frame.f_code.co_filename not in files:
                return None
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return inside

        bad = []
        for i, item in enumerate(self.session.items):
            lines.clear()
            forget()
            start = time.process_time()
            sys.settrace(tracer)
            passed = self.run(item)
            sys.settrace(None)
            self.took.append(time.process_time() - start)
            if not passed:
                bad.append(item.nodeid)
            for place in lines:
                self.reached[place].append(i)
        if bad:
            sys.exit("these tests fail without any mutant:\n" + "\n".join(bad))

    def choose(self, mutant: Mutant, first: list[int]) -> list[int]:
        """Return the tests of a mutant: those that killed its neighbours, then the quickest, of each function some before all."""
        path = str(ROOT / "carboncalc" / mutant.file)
        there = {i for line in mutant.lines for i in self.reached[path, line]}
        known = [i for i in first if i in there]
        rank: Counter[str] = Counter()
        rest = []
        for i in sorted(there - set(known), key=lambda i: self.took[i]):
            name = self.session.items[i].nodeid.partition("[")[0]
            rank[name] += 1
            rest.append((rank[name] // 4, i))  # the parameters of one test are much alike
        chosen, spent = [], 0.0
        for i in [*known, *(i for _, i in sorted(rest, key=lambda pair: pair[0]))]:
            spent += self.took[i]
            if chosen and spent > self.seconds:
                break
            chosen.append(i)
        return chosen

    def child(self, mutant: Mutant | None, tests: list[int], pipe: int) -> None:
        """Run in a process of its own: write the number of the test that fails, or -1."""
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a test that never ends ends the process
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        if self.compiling:
            os.environ["CARBONCALC_CACHE"] = "off"  # what is compiled must come from the mutant
        if mutant is not None:
            exchange(mutant, self.functions)
        forget()
        failed = -1
        for i in tests:
            os.pwrite(pipe, struct.pack("i", i), 0)
            signal.setitimer(signal.ITIMER_PROF, 2 + 8 * self.took[i])
            signal.alarm(180)  # for one that only waits
            try:
                passed = self.run(self.session.items[i])
            except BaseException:
                passed = False
            if not passed:
                failed = i
                break
        os.pwrite(pipe, struct.pack("i", failed), 0)

    def start(self, mutant: Mutant | None, tests: list[int]) -> None:
        """Start the process of one mutant; None is the package as it is."""
        pipe = os.memfd_create("failed")
        os.pwrite(pipe, struct.pack("i", tests[0]), 0)
        pid = os.fork()
        if pid == 0:
            code = BROKEN
            try:
                self.child(mutant, tests, pipe)
                code = 0
            finally:
                os._exit(code)
        self.running[pid] = (mutant, pipe)

    def wait(self) -> tuple[Mutant | None, int, bool]:
        """Wait for one process; return its mutant, the test that failed or in which it died (-1: none did), and whether time was up."""
        pid, status = os.wait()
        mutant, pipe = self.running.pop(pid)
        failed = struct.unpack("i", os.pread(pipe, 4, 0))[0]
        os.close(pipe)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == BROKEN:
            failed = BROKEN_AT
        return mutant, failed, os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)

    def work(self) -> None:
        """Run every mutant."""
        first: dict[tuple[str, tuple[str, int]], list[int]] = defaultdict(list)

        def reap() -> None:
            mutant, failed, late = self.wait()
            assert mutant is not None
            if failed == BROKEN_AT:
                self.unplaced += 1
                return
            if failed == -1:
                self.survived.append(mutant.key)
                return
            self.killed.append(mutant.key)
            self.late += late
            killers = first[mutant.file, mutant.function]
            if failed in killers:
                killers.remove(failed)
            killers.insert(0, failed)
            del killers[12:]
            if len(self.killed) % 100 == 0:
                print(f"{len(self.killed)} killed, {len(self.survived)} survived: {mutant.file}", file=sys.stderr, flush=True)

        for mutant in (m for path in self.paths for m in mutants(path)):
            if self.only is not None and mutant.key not in self.only:
                continue
            tests = self.choose(mutant, first[mutant.file, mutant.function])
            if not tests:
                self.survived.append(mutant.key)
                self.untested += 1
                continue
            while len(self.running) >= self.jobs:
                reap()
            self.start(mutant, tests)
        while self.running:
            reap()


def listed() -> set[str]:
    """Return the survivors that the list explains."""
    if not LISTED.exists():
        return set()
    return {line[4:].partition("``")[0] for line in LISTED.read_text(encoding="utf-8").splitlines() if line.startswith("- ``")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", metavar="|".join(ROOMS), help="without any: all, one after the other")
    parser.add_argument("--seconds", type=float, default=10.0, help="tests of one mutant, at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--least", type=float, default=85.0, help="share of mutants that must be killed [%%]")
    parser.add_argument("--keep", type=Path, help="write the survivors of one room here")
    parser.add_argument("--again", type=Path, help="only the mutants of such a file")
    parser.add_argument("--sample", type=int, help="only so many mutants of a room, always the same ones")
    parser.add_argument("--tests", nargs="*", help="only these test files, such as `units_edges`")
    said = parser.parse_args()
    os.chdir(ROOT)
    if len(said.rooms) != 1:  # each room has tests of its own: a process each
        options = ["--seconds", str(said.seconds), "--jobs", str(said.jobs), "--least", str(said.least)]
        options += ["--sample", str(said.sample)] if said.sample else []
        return max([subprocess.call([sys.executable, __file__, room, *options]) for room in said.rooms or ROOMS])

    sys.path.insert(0, str(ROOT))
    import pytest
    from hypothesis import settings

    settings.register_profile("mutants", max_examples=20, derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")
    room = said.rooms[0]
    patterns, tests = ROOMS[room]
    paths = sorted(p for pattern in patterns for p in (ROOT / "carboncalc").glob(pattern))
    only = set(said.again.read_text(encoding="utf-8").splitlines()) if said.again else None
    if said.sample:
        keys = [mutant.key for path in paths for mutant in mutants(path)]
        only = set(random.Random(0).sample(keys, min(said.sample, len(keys))))
    runner = Runner(paths, said.seconds, said.jobs, only, room in COMPILERS)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="carboncalc-mutants-") as place:
        os.environ["CARBONCALC_CACHE"] = place
        files = [f"tests/test_{name}.py" for name in said.tests or tests]
        code = pytest.main(["-qq", "-s", "-n", "0", "-p", "no:cacheprovider", "--disable-warnings", *files], plugins=[runner])
    all_ = len(runner.killed) + len(runner.survived)
    if code or not all_:
        return int(code) or 2
    if said.keep:
        said.keep.write_text("".join(key + "\n" for key in runner.survived), encoding="utf-8")
    known = listed()
    told = [key for key in runner.survived if key not in known]
    print("\n".join(f"- ``{key}``" for key in told))
    share = 100 * len(runner.killed) / all_
    print(
        f"{room}: {all_} mutants, {len(runner.killed)} killed ({runner.late} by time), {len(runner.survived)} survived ({runner.untested} on lines "
        f"without a test, {len(told)} not in {LISTED.relative_to(ROOT)}), {runner.unplaced} not possible: {share:.1f} %, {time.perf_counter() - start:.0f} s"
    )
    return int(share < said.least)


if __name__ == "__main__":
    sys.exit(main())
