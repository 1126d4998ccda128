"""The map of the code, held: which way imports point, and what may stand only in one place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PB = ROOT / "pb"

# A later feature may import an earlier one, never the other way.
ORDER = [
    "places", "accounts", "messages", "cycles", "ideas", "appeals", "projects", "training",
    "talking", "review", "voting", "results", "delivery", "site",
]  # fmt: skip
BASE = {"db", "schema", "clock", "config", "core", "policy", "extensions", "installation", "rows"}
WIRING = {"app", "__main__", "commandline"}
FLOAT_ALLOWED = {"pb/core/counting/fast"}


def modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(PB.rglob("*.py")):
        yield path, path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def part_of(dotted: str) -> tuple[str, str]:
    """("ideas", "views") of "pb.ideas.views.x"; ("", "") outside the project."""
    names = dotted.split(".")
    if names[0] != "pb" or len(names) < 2:
        return "", ""
    return names[1], names[2] if len(names) > 2 else ""


ALL = list(modules())


@pytest.mark.parametrize(("path", "name"), ALL, ids=[n for _, n in ALL])
def test_imports_point_one_way(path: Path, name: str) -> None:
    parts = name.removeprefix("pb/").removesuffix(".py").split("/")
    feature, file = parts[0], parts[1] if len(parts) > 1 else ""
    for dotted in imports_of(path):
        other, inside = part_of(dotted)
        if not other or other == feature:
            continue
        said = f"{name} imports {dotted}"
        if feature == "core":
            pytest.fail(said)
        elif feature in ("db", "schema", "config"):
            assert other in {"db", "config", "schema"}, said
        elif feature == "policy":
            assert other == "core", said
        elif feature in ("clock", "installation", "extensions", "rows"):
            assert other in BASE, said
        elif feature == "audit":
            beside = (
                {"web"}
                if file in ("views", "wiring", "wording")
                else {"commandline"}
                if file == "cli"
                else set()
            )
            assert other in BASE | beside, said
        elif feature == "web":
            assert other in BASE | {"web"}, said
        elif feature in ORDER:
            if other in ORDER:
                assert ORDER.index(other) < ORDER.index(feature), f"{said}: against the order of features"
                assert inside not in {"views", "forms"}, f"{said}: another feature's views or forms"
            else:
                assert other in BASE | {"web", "audit", "commandline"} or feature == "site", said
            if file == "models":
                assert other in BASE | set(ORDER), said
                assert other not in {"policy", "clock"}, said
            if file.startswith(("commands", "queries")):
                assert other != "web" or inside == "wording", f"{said}: the web layer below a view"
            if file.startswith("views"):
                assert dotted not in {"pb.db.db", "pb.db.writing", "pb.db.command"}, f"{said}: SQL in a view"
        elif feature.startswith(("count_", "rescore_")):  # programs of their own: no Flask, no database
            assert other == "core" or other.startswith("count_"), said
        else:
            assert feature in WIRING, f"{name}: no rule for this place"


def test_core_is_the_standard_library_alone() -> None:
    for path, name in ALL:
        if not name.startswith("pb/core/"):
            continue
        allowed = sys.stdlib_module_names | (
            {"numpy"} if any(name.startswith(f) for f in FLOAT_ALLOWED) else set()
        )
        for dotted in imports_of(path):
            top = dotted.split(".")[0]
            assert top in allowed or dotted.startswith("pb.core") or dotted == "pb", (
                f"{name} imports {dotted}"
            )


def test_core_has_no_float_no_clock_no_dice() -> None:
    for path, name in ALL:
        if not name.startswith("pb/core/") or any(name.startswith(f) for f in FLOAT_ALLOWED):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), f"{name}:{node.lineno}: a float"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "float", f"{name}:{node.lineno}: float()"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                assert "Fraction" in path.read_text(encoding="utf-8") or "Path" in path.read_text(
                    encoding="utf-8"
                ), f"{name}:{node.lineno}: a division that may give a float"
        for dotted in imports_of(path):
            assert dotted.split(".")[0] not in {"random", "secrets", "time"}, f"{name} imports {dotted}"


ONLY_IN = {
    r"\.commit\(": {"pb/db.py", "pb/rows.py"},
    r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(": {"pb/clock.py"},
    r"\brequest\b.*import|from flask import.*\brequest\b": None,
}


def test_commit_and_clock_stand_in_one_place() -> None:
    for path, name in ALL:
        text = path.read_text(encoding="utf-8")
        for pattern, places in ONLY_IN.items():
            if places is not None and name not in places:
                assert not re.search(pattern, text), f"{name}: {pattern}"


def test_commands_know_no_request() -> None:
    for path, name in ALL:
        if re.search(r"/(commands|queries|models)\w*\.py$", name):
            for dotted in imports_of(path):
                assert dotted not in {"flask.request", "flask.url_for", "flask.session"}, (
                    f"{name} imports {dotted}"
                )


def test_no_junk_drawers() -> None:
    for _path, name in ALL:
        assert not re.search(r"/(common|utils?|helpers?|shared|misc)(\.py|/)", name), name


def test_every_module_says_what_it_may_do() -> None:
    for path, name in ALL:
        if path.read_text(encoding="utf-8").strip() and name != "pb/__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name} has no docstring"


def test_files_stay_small() -> None:
    for path, name in ALL:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 300, f"{name} has {lines} lines: it wants to be two nouns"


def test_templates_never_upper_case() -> None:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*.css")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found = re.search(r"\|\s*(upper|title|capitalize)\b|text-transform|small-caps", text)
        assert not found, f"{path.name}: {found and found.group()}"


def test_count_imports_neither_flask_nor_sqlalchemy() -> None:
    code = (
        "import sys; from pb.__main__ import main; main(['count', '--help']) if False else None;"
        "import pb.core.counting.registry; "
        "print([m for m in ('flask', 'sqlalchemy', 'numpy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.strip() == "[]"


def test_only_casting_goes_around_the_session() -> None:
    """Statements on the driver's own cursor are for the one act that must cost little."""
    users = {name for path, name in ALL if any(found.startswith("pb.rows") for found in imports_of(path))}
    assert users == {"pb/voting/casting.py", "pb/voting/casting_rows.py", "pb/voting/rounds.py"}
