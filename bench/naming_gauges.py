"""Report how names, functions, comments and docstrings of the code measure up: `make check` prints the table.

The numbers are there to be looked at and never fail a build. CONTRIBUTING.md explains the goals.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

LONG_FILE = 300  # lines
MANY_MODULES = 3
SHOWN_NAMES = 8  # examples behind a number
_CACHES = re.compile(r"^(functools\.)?(lru_)?cache\b")  # not cached_property, which ends with its object


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# These end like participles, but are verbs or nouns.
_NOT_PARTICIPLES = _word_set("""
    bring building embed exceed feed finding heading king listing need parsing ping proceed ring seed setting
    shed speed spring string thing warning wording
""")
_IRREGULAR_PARTICIPLES = _word_set("""
    bound broken brought built chosen come cut done drawn fallen found given gone grown heard held hidden kept
    known laid left lost made met paid said seen sent shown shut spoken sworn taken thought told torn written
""")
_ADVERBS_AND_PREPOSITIONS = _word_set("""
    above after again already before below between beyond inside later near outside since still under until
    wholly within without
""")


@dataclass(frozen=True)
class Module:
    """One source file with its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones included."""
        return (
            node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )

    @property
    def public_definitions(self) -> Iterator[tuple[str, ast.AST]]:
        """Public functions, classes and constants of the module, and public methods of its public classes."""
        for node in self.tree.body:
            for name in _defined_names(node):
                if name.startswith("_"):
                    continue
                yield name, node
                if isinstance(node, ast.ClassDef):
                    yield from (
                        (f"{name}.{inner}", method)
                        for method in node.body
                        for inner in _defined_names(method)
                        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
                        and not inner.startswith("_")
                    )


@dataclass(frozen=True)
class Gauge:
    """One row of the report."""

    name: str
    value: str
    goal: str
    examples: Sequence[str] = ()


def read_modules(paths: Sequence[Path]) -> list[Module]:
    """Read the Python files among the paths, and those below the folders among them."""
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]
    texts = [(file, file.read_text(encoding="utf-8")) for file in files]
    return [Module(file, text, ast.parse(text)) for file, text in texts]


def measure_modules(modules: Sequence[Module]) -> list[Gauge]:
    """Return every gauge of the report."""
    return [
        *_measure_sizes(modules),
        *_measure_names(modules),
        *_measure_comments(modules),
        *_measure_plumbing(modules),
    ]


def is_participle_only(name: str) -> bool:
    """Return whether a name has only participles, adverbs and prepositions, such as `kept` or `since`."""
    return all(_is_participle(word) or word in _ADVERBS_AND_PREPOSITIONS for word in _split_name(name))


def _measure_sizes(modules: Sequence[Module]) -> list[Gauge]:
    long_files = [
        f"{module.path} {module.text.count(chr(10))}"
        for module in modules
        if module.text.count("\n") > LONG_FILE
    ]
    lengths = sorted(_length(function) for module in modules for function in module.functions)
    tenths = quantiles(lengths, n=10)
    parameters = max(_count_parameters(function) for module in modules for function in module.functions)
    return [
        Gauge(f"files over {LONG_FILE} lines", str(len(long_files)), "0", long_files),
        Gauge("function length: median", f"{tenths[4]:.0f} lines", ""),
        Gauge("function length: 90 % are below", f"{tenths[8]:.0f} lines", "≤ 22"),
        Gauge("function length: longest", f"{lengths[-1]} lines", "≤ 50"),
        Gauge("parameters of a function: most", str(parameters), "≤ 6, click commands aside"),
    ]


def _measure_names(modules: Sequence[Module]) -> list[Gauge]:
    names = [
        function.name
        for module in modules
        for function in module.functions
        if not function.name.startswith("__")
    ]
    one_word = [name for name in names if len(_split_name(name)) == 1]
    participles = sorted({name for name in names if is_participle_only(name)})
    places: defaultdict[str, set[Path]] = defaultdict(set)
    for module in modules:
        for name, _ in module.public_definitions:
            if "." not in name:
                places[name].add(module.path)
    shared = sorted(name for name, paths in places.items() if len(paths) >= MANY_MODULES)
    return [
        Gauge("functions", str(len(names)), ""),
        Gauge("function names of one word", _share(len(one_word), len(names)), "≤ 40 %"),
        Gauge(
            "function names of participles only",
            _share(sum(map(is_participle_only, names)), len(names)),
            "≤ 2 %",
            participles,
        ),
        Gauge(f"public names defined in {MANY_MODULES} modules or more", str(len(shared)), "0", shared),
    ]


def _measure_comments(modules: Sequence[Module]) -> list[Gauge]:
    comments = sum(_count_comments(module.text) for module in modules)
    lines = sum(module.text.count("\n") for module in modules)
    docstrings = {
        f"{module.path}:{name}": ast.get_docstring(node)
        for module in modules
        for name, node in module.public_definitions
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    missing = [name for name, docstring in docstrings.items() if docstring is None]
    return [
        Gauge("lines", str(lines), ""),
        Gauge("lines with a comment", _share(comments, lines, digits=1), "≥ 4 %"),
        Gauge(
            "public functions and classes with a docstring",
            _share(len(docstrings) - len(missing), len(docstrings), digits=1),
            "100 %",
            missing,
        ),
    ]


def _measure_plumbing(modules: Sequence[Module]) -> list[Gauge]:
    blocks = sum(
        isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for module in modules
        for node in ast.walk(module.tree)
    )
    caches = [
        f"{module.path}:{function.name}"
        for module in modules
        for function in module.functions
        if any(_CACHES.search(ast.unparse(decorator)) for decorator in function.decorator_list)
    ]
    return [
        Gauge("TYPE_CHECKING blocks", str(blocks), "few"),
        Gauge("function caches", str(len(caches)), "few", caches),
    ]


def _defined_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _split_name(name: str) -> list[str]:
    return name.strip("_").lower().split("_")


def _is_participle(word: str) -> bool:
    if word in _NOT_PARTICIPLES:
        return False
    return word in _IRREGULAR_PARTICIPLES or word.endswith(("ed", "ing"))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _count_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [
        argument.arg
        for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    is_command = any("command" in ast.unparse(decorator) for decorator in function.decorator_list)
    return 0 if is_command else len([name for name in names if name not in {"self", "cls"}])


def _count_comments(text: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def _share(part: int, whole: int, digits: int = 0) -> str:
    return f"{part / whole if whole else 0:.{digits}%}".replace("%", " %")


def main() -> None:
    """Print the report for the files and folders on the command line."""
    gauges = measure_modules(read_modules([Path(argument) for argument in sys.argv[1:]]))
    width = max(len(gauge.name) for gauge in gauges)
    for gauge in gauges:
        print(f"{gauge.name:<{width}}  {gauge.value:>9}  {gauge.goal and f'goal {gauge.goal}'}".rstrip())
        if gauge.examples:
            more = f", and {len(gauge.examples) - SHOWN_NAMES} more" * (len(gauge.examples) > SHOWN_NAMES)
            print(f"    {', '.join(gauge.examples[:SHOWN_NAMES])}{more}")


if __name__ == "__main__":
    main()
