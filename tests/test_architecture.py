"""The design, checked on the real files: who may import whom, how large, and nothing hidden."""

import ast
import hashlib
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("index", "rag", "eval")
MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 40

SEEDS_SHA256 = {
    "000_cb2a3d9513a7cddf.txt": "35bd0740d76b94c2999bcba36c8d8d4274de9db6fd9b1cfd5be7a7021a2b2fbe",
    "002_9c80ba997a9c7279.txt": "2310c11484b61749639bf0acb0e24ce6c53e8426e123f73ad440c10cd0e6f42b",
}

ROOM_MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "eval": {"eval", "rag", "index"},
}

WORDS_OF_ALL = {"types", "errors", "atoms", "overlap", "engine.protocol"}
"""What every stage may use: vocabulary, and the seam to the language model."""

RAG_MAY_IMPORT: dict[str, set[str]] = {
    # the words
    "": set(),
    "errors": {"errors.access", "errors.engine", "errors.requests", "errors.suites"},
    "errors.requests": set(),
    "errors.access": set(),
    "errors.engine": set(),
    "errors.suites": set(),
    "settings": {"errors", "sources"},
    "sources": {"errors"},
    "types": {"types.answer", "types.question"},
    "types.question": set(),
    "types.answer": {"errors"},
    "lemmas": {"wording.english"},
    "atoms": {"lemmas"},
    "overlap": {"atoms", "voice"},
    "asked": {"atoms"},
    "amounts": {"atoms"},
    "fidelity": {"amounts", "atoms", "lemmas", "roles", "voice"},
    "roles": {"atoms", "lemmas", "voice"},
    "voice": {"lemmas"},
    "clauses": {"voice", "wording.english"},
    "admission": {"errors"},
    "keys": {"errors"},
    "hostile": {"hostile.addresses", "hostile.requests"},
    "hostile.addresses": {"hostile.plain", "hostile.speech", "hostile.words"},
    "hostile.requests": {"hostile.plain", "hostile.words"},
    "hostile.plain": set(),
    "hostile.speech": set(),
    "hostile.words": set(),
    "dates": {"dates.resolve"},
    "dates.days": set(),
    "dates.tense": set(),
    "dates.anchors": {"dates.days"},
    "dates.phrases": {"dates.anchors", "dates.days", "dates.tense"},
    "dates.resolve": {"dates.days", "dates.phrases"},
    # the stages: none knows another, but for a dataclass that it takes
    "retrieve": WORDS_OF_ALL,
    "prompt": WORDS_OF_ALL,
    "draft": WORDS_OF_ALL,
    "reply": set(),
    "effort": {"types"},
    "abstain": WORDS_OF_ALL | {"verify"},  # Verified
    "corroborate": WORDS_OF_ALL,
    "conflicts": {"conflicts.compare"},
    "conflicts.compare": {"conflicts.names", "conflicts.statements", "conflicts.words", "types"}
    | {"conflicts.moments"},
    "conflicts.moments": {"conflicts.statements", "conflicts.words", "dates", "types"},
    "conflicts.names": {"atoms", "conflicts.dates", "conflicts.statements", "conflicts.words"}
    | {"types"},
    "conflicts.statements": {"atoms", "conflicts.dates", "conflicts.quantities"}
    | {"conflicts.words"},
    "conflicts.dates": {"conflicts.words"},
    "conflicts.quantities": {"conflicts.words"},
    "conflicts.words": set(),
    "verify": WORDS_OF_ALL | {"asked", "clauses", "fidelity", "draft"},  # DraftSentence
    "complete": WORDS_OF_ALL | {"asked", "conflicts", "dates", "verify"},  # Conflict, Verified
    "dialogue": WORDS_OF_ALL | {"prompt"},  # PromptTemplate: its prompt is a file as well
    "assemble": WORDS_OF_ALL
    | {
        "conflicts",
        "corroborate",
        "dates",
        "effort",
        "few",
        "verify",
        "wording",
    },  # parts of an answer
    "few": WORDS_OF_ALL | {"asked", "dates", "wording"},
    # the words of a refusal: its own room within the room
    "wording": {"wording.clean", "wording.sentence"},
    "wording.clean": set(),
    "wording.english": set(),
    "wording.phrases": {"atoms", "wording.english"},
    "wording.clauses": {"wording.english", "wording.phrases"},
    "wording.leads": {"wording.clauses", "wording.english", "wording.phrases"},
    "wording.reading": {"wording.clauses", "wording.english", "wording.leads", "wording.phrases"},
    "wording.sentence": {"wording.clean", "wording.reading"},
    # example questions: their own room within the room
    "examples": {"examples.choose", "examples.latest"},
    "examples.vocabulary": {"wording.english"},
    "examples.names": {"examples.vocabulary", "roles", "wording.english"},
    "examples.topics": {"examples.names", "examples.vocabulary", "wording.english"},
    "examples.rest": {"examples.names", "examples.vocabulary", "wording.english"},
    "examples.ages": {"examples.names", "examples.vocabulary", "wording.english"},
    "examples.counts": {"examples.rest", "examples.vocabulary", "lemmas", "wording.english"},
    "examples.drafts": {f"examples.{part}" for part in ("ages", "counts", "names", "rest")}
    | {"examples.topics", "examples.vocabulary", "wording.english"},
    "examples.choose": {"examples.drafts", "hostile", "wording"},
    "examples.latest": {"examples.choose"},
    # the engine: its own room within the room
    "engine": {"engine.pipe", "engine.process", "engine.protocol"},
    "engine.protocol": {"types"},
    "engine.vocabulary": set(),
    "engine.tokens": {"engine.protocol"},
    "engine.cells": set(),
    "engine.states": set(),
    "engine.steps": {"engine.cells", "engine.states"},
    "engine.sequence": {"engine.cells", "engine.states", "engine.steps", "engine.tokens"},
    "engine.writing": {"engine.cells", "engine.steps", "engine.vocabulary"},
    "engine.rounds": {"engine.cells", "engine.steps", "engine.writing", "errors"},
    "engine.llama": {"engine.cells", "engine.protocol", "engine.sequence", "engine.states"}
    | {"engine.steps", "engine.tokens", "engine.vocabulary", "engine.writing", "errors"},
    "engine.child": {"engine.llama", "engine.protocol", "engine.rounds", "engine.steps"}
    | {"engine.tokens", "errors"},
    "engine.pipe": {"errors"},
    "engine.process": {"engine.pipe", "engine.protocol", "errors"},
    # the order of the stages
    "pipeline": WORDS_OF_ALL
    | {
        "abstain",
        "assemble",
        "complete",
        "conflicts",
        "dialogue",
        "draft",
        "effort",
        "hostile",
        "prompt",
    }
    | {"reply", "retrieve", "verify"},
    "compose": {"dialogue", "engine", "errors", "hostile", "pipeline", "prompt", "retrieve"}
    | {"settings", "verify"},
    # many who ask
    "remembered": {"pipeline", "types"},
    "outcome": {"errors", "types"},
    "journal": {"errors", "outcome", "types"},
    "metrics": {"outcome", "types"},
    "gauges": {"desk", "errors"},
    "desk": {"admission", "pipeline", "remembered", "settings", "types"},
    "underway": {"desk", "pipeline", "types"},
    "collection": {"errors", "pipeline", "settings"},
    "warm": {"errors", "pipeline"},
    # the surfaces
    "schemas": {"schemas.answer", "schemas.articles", "schemas.ask", "schemas.events"}
    | {"schemas.chat", "schemas.completion", "schemas.examples", "schemas.wire"},
    "schemas.examples": {"examples", "schemas.wire"},
    "schemas.wire": set(),
    "schemas.ask": {"errors", "schemas.wire", "settings", "types"},
    "schemas.answer": {"schemas.wire", "types"},
    "schemas.articles": {"schemas.wire"},
    "schemas.events": {"schemas.answer", "schemas.wire", "types"},
    "schemas.chat": {"errors", "schemas.ask", "schemas.wire", "settings", "types"},
    "schemas.completion": {"schemas.answer", "schemas.events", "schemas.wire", "types"},
    "service": {"service.app", "service.keys", "service.server"},
    "service.access": {"metrics"},
    "service.problems": {"errors", "outcome", "schemas", "service.access"},
    "service.statuses": {"errors", "schemas", "service.problems"},
    "service.description": {"schemas"},
    "service.headers": set(),
    "service.heads": {"errors"},
    "service.inflow": {"errors", "service.heads"},
    "service.origins": {"errors", "service.heads", "settings"},
    "service.keys": {"errors", "keys", "service.heads", "settings"},
    "service.guard": {"errors", "keys", "service.problems", "settings"}
    | {f"service.{part}" for part in ("headers", "heads", "inflow", "keys", "origins")},
    "service.connection": {"errors", "service.guard", "service.headers", "service.heads"}
    | {"service.inflow", "service.problems", "settings"},
    "service.server": {"admission", "service.connection", "settings"},
    "service.parts": {"collection", "desk", "metrics", "pipeline", "settings"},
    "service.asking": {"errors", "pipeline", "schemas", "service.parts", "service.problems"}
    | {"service.description", "service.statuses", "types", "underway"},
    "service.chat": {"errors", "pipeline", "schemas", "service.asking", "service.description"}
    | {"service.statuses", "service.parts", "service.problems", "types"},
    "service.articles": {"errors", "schemas", "schemas.articles", "service.changing"}
    | {"service.description", "service.statuses", "service.parts", "service.problems"}
    | {"service.uploads"},
    "service.changing": {"collection", "errors", "schemas", "service.problems"},
    "service.uploads": {"errors", "schemas"},
    "service.health": {"errors", "schemas", "service.description", "service.statuses"}
    | {"service.parts"},
    "service.pages": {"errors", "service.parts", "settings"},
    "service.examples": {"examples", "schemas", "service.description", "service.statuses"}
    | {"service.parts"},
    "service.mcp": {"mcp.server", "mcp.source", "service.heads", "service.parts"},
    "service.app": {"collection", "desk", "gauges", "journal", "metrics", "pipeline", "settings"}
    | {f"service.{part}" for part in ("articles", "asking", "guard", "health", "keys", "pages")}
    | {f"service.{part}" for part in ("access", "chat", "description", "examples", "mcp")}
    | {"service.parts", "service.problems"},
    "mcp": set(),
    "mcp.arguments": {"errors", "schemas", "settings", "types"},
    "mcp.words": {"errors", "schemas"},
    "mcp.source": {"desk", "errors", "pipeline", "settings"},
    "mcp.tools": {"mcp.arguments", "schemas"},
    "mcp.calls": {"mcp.arguments", "mcp.source", "mcp.tools", "mcp.words"}
    | {"desk", "errors", "pipeline", "schemas", "types", "underway"},
    "mcp.server": {"errors", "mcp.calls", "mcp.source", "mcp.tools", "mcp.words"},
    "mcp.stdio": {"mcp.server", "mcp.source", "pipeline", "settings"},
    "cli": {"cli.commands", "cli.mcp", "cli.terminal"},
    "cli.mcp": {"cli.commands", "cli.serving", "cli.terminal", "compose", "mcp.stdio", "service"}
    | {"settings"},
    "logs": {"settings"},
    "cli.terminal": {"errors"},
    "cli.keys": {"cli.terminal", "keys", "settings"},
    "cli.models": {"cli.terminal", "errors", "settings"},
    "cli.effective": {"settings", "sources"},
    "cli.serving": {"cli.terminal", "compose", "errors", "logs", "pipeline", "service"}
    | {"settings", "warm"},
    "cli.commands": {"cli.effective", "cli.keys", "cli.models", "cli.serving"}
    | {"cli.terminal", "compose", "errors", "schemas", "service", "settings", "sources", "types"},
}
REMEMBERS = {"rag.desk", "rag.remembered", "rag.underway"}
MEASURES_REMEMBERING = {"eval.bench.workers.ours"}  # how long an identical question takes
STAGES_TAKE_ONLY = {
    ("verify", "draft"): {"DraftSentence"},
    ("dialogue", "prompt"): {"PromptTemplate"},
    ("assemble", "verify"): {"Verified"},
    ("assemble", "corroborate"): {"agreement_of"},
}

CONCRETE = {"ProcessEngine", "SentenceTransformerEmbedder", "LlamaModel"}
MAY_NAME_CONCRETE = {"rag.compose"}
MAKES_CONCRETE = re.compile(r"rag\.engine(\..+)?|index\.embed")

SIDE_EFFECTS = {"environ", "getenv", "basicConfig", "Settings", "load_settings", "monotonic"}
SIDE_EFFECTS |= {"now", "today", "time", "open", "read_text", "read_bytes", "print", "Popen", "run"}
STATEMENTS_AT_IMPORT = {
    "rag.cli.commands": {
        "app.add_typer(models, name='models')",
        "app.add_typer(keys, name='keys')",
    },  # typer's way to nest commands
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the three rooms by its dotted name."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return {dotted(path): path for path in files}


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(name: str, path: Path) -> Iterator[tuple[str, str]]:
    """Every import of ours, wherever it stands: the module and the name taken from it, or ""."""
    known = modules()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner, "") if inner in known else (node.module or "", alias.name)


def ours(name: str, path: Path) -> set[tuple[str, str]]:
    return {found for found in imports(name, path) if found[0].split(".")[0] in ROOMS}


def without_room(name: str) -> str:
    return name.partition(".")[2]


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_room_imports_only_what_stands_to_its_left(name: str) -> None:
    found = {module.split(".")[0] for module, _ in ours(name, modules()[name])}
    assert found <= ROOM_MAY_IMPORT[name.split(".")[0]]


def test_no_room_imports_the_tests() -> None:
    found = {m.split(".")[0] for name, path in modules().items() for m, _ in imports(name, path)}
    assert "tests" not in found


@pytest.mark.parametrize("name", sorted(n for n in modules() if n.split(".")[0] == "rag"))
def test_a_module_of_rag_imports_only_what_the_table_allows(name: str) -> None:
    module = without_room(name)
    assert module in RAG_MAY_IMPORT, "a new module: say in the table what it may import"
    found = {without_room(m) for m, _ in ours(name, modules()[name]) if m.split(".")[0] == "rag"}
    assert found <= RAG_MAY_IMPORT[module]


@pytest.mark.parametrize("name", sorted(n for n in modules() if n.split(".")[0] == "eval"))
def test_an_evaluation_is_never_told_what_is_remembered(name: str) -> None:
    if name in MEASURES_REMEMBERING:
        return
    known = {module for module, _ in ours(name, modules()[name])}
    assert known & REMEMBERS == set()
    assert not any(module.startswith("rag.service") for module in known)


def test_what_remembers_and_what_admits_stand_before_the_pipeline() -> None:
    known = {m for m, _ in ours("rag.pipeline", modules()["rag.pipeline"])}
    assert known & (REMEMBERS | {"rag.admission"}) == set()
    assert not any(module.startswith("rag.service") for module in known)
    assert modules().keys() >= REMEMBERS


@pytest.mark.parametrize(("stage", "other"), sorted(STAGES_TAKE_ONLY))
def test_a_stage_that_knows_another_takes_one_name_of_it(stage: str, other: str) -> None:
    found = {n for m, n in ours(f"rag.{stage}", modules()[f"rag.{stage}"]) if m == f"rag.{other}"}
    assert found == STAGES_TAKE_ONLY[stage, other]


def test_the_table_names_no_module_that_is_gone() -> None:
    known = {without_room(name) for name in modules() if name.split(".")[0] == "rag"}
    assert set(RAG_MAY_IMPORT) - known == set()
    assert set().union(*RAG_MAY_IMPORT.values()) - known == set()


def test_no_arrow_points_back() -> None:
    graph = {name: {m for m, _ in ours(name, path)} - {name} for name, path in modules().items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index("index.errors") < order.index("rag.types") < order.index("rag.service")


@pytest.mark.parametrize(("room", "suffix"), [("prompts", ".txt"), ("seeds", ".txt")])
def test_prompts_and_seeds_hold_no_code(room: str, suffix: str) -> None:
    files = [path for path in (ROOT / room).rglob("*") if path.is_file()]
    assert files
    assert {path.suffix for path in files} == {suffix}


def test_the_seeds_are_the_seeds() -> None:
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (ROOT / "seeds").iterdir()}
    assert found == SEEDS_SHA256


@pytest.mark.parametrize("name", sorted(modules()))
def test_only_composition_names_concrete_classes(name: str) -> None:
    if name in MAY_NAME_CONCRETE or name.startswith("eval") or MAKES_CONCRETE.fullmatch(name):
        return
    nodes = list(ast.walk(tree(modules()[name])))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {node.name for node in nodes if isinstance(node, ast.alias)}
    assert names & CONCRETE == set()


def test_the_concrete_classes_exist_and_compose_names_them() -> None:
    source = modules()["rag.compose"].read_text(encoding="utf-8")
    assert {name for name in CONCRETE if name in source} == CONCRETE - {"LlamaModel"}
    assert "class LlamaModel:" in modules()["rag.engine.llama"].read_text(encoding="utf-8")


def test_modules_are_small() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}
    assert {name for name, count in lines.items() if count > MAX_MODULE_LINES} == set()


def test_functions_are_small() -> None:
    large = {
        f"{name}.{function}"
        for name, path in modules().items()
        for function, lines in function_lines(tree(path))
        if lines > MAX_FUNCTION_LINES
    }
    assert large == set()


def last_line_of_head(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The line before the body: a signature and a docstring are as long as they must be."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[0].lineno - 1 if body else function.end_lineno or 0


def function_lines(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from function_lines(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", (child.end_lineno or 0) - last_line_of_head(child)
            yield from function_lines(child, f"{prefix}{child.name}.")
        else:
            yield from function_lines(child, prefix)


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_happens_at_import(name: str) -> None:
    allowed = STATEMENTS_AT_IMPORT.get(name, set())
    for node in at_import(tree(modules()[name]).body):
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            assert ast.unparse(node) in allowed
        assert used_at_import(node) & SIDE_EFFECTS == set(), ast.unparse(node)


def at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What runs when a module is imported: its statements, class bodies, decorators, defaults."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from node.decorator_list
            yield from node.args.defaults
            yield from (default for default in node.args.kw_defaults if default is not None)
        elif isinstance(node, ast.ClassDef):
            yield from node.decorator_list
            yield from at_import(node.body)
        elif isinstance(node, ast.If):
            if "__name__" not in ast.unparse(node.test):
                yield from at_import(node.body + node.orelse)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def used_at_import(node: ast.AST) -> set[str]:
    """Names that are called, and attributes that are read; what a lambda does comes later."""
    if isinstance(node, ast.Lambda):
        return set()
    found = {node.attr} if isinstance(node, ast.Attribute) else set()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found.add(node.func.id)
    return found.union(*(used_at_import(child) for child in ast.iter_child_nodes(node)))


@pytest.mark.parametrize(
    "source",
    [
        "import logging\nlogging.basicConfig()",
        "import os\nCACHE = os.environ['HOME']",
        "SETTINGS = Settings()",
        "class A:\n    settings = Settings()",
        "def f(settings=Settings()): ...",
        "from pathlib import Path\nTEXT = Path('a').read_text()",
    ],
)
def test_a_side_effect_would_be_seen(source: str) -> None:
    found = [used_at_import(node) for node in at_import(ast.parse(source).body)]
    assert set().union(*found) & SIDE_EFFECTS


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_is_pickled(name: str) -> None:
    picklers = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    module = tree(modules()[name])
    assert {found.split(".")[0] for found, _ in imports(name, modules()[name])} & picklers == set()
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert ast.unparse(node.value) == "False"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"np.load", "np.save"}:
            assert "allow_pickle" in {keyword.arg for keyword in node.keywords}


SUPPRESSION = re.compile(r"#\s*(?:ruff:\s*)?noqa|#\s*type:\s*ignore|#\s*pragma:", re.IGNORECASE)
EXPLAINED = re.compile(
    r"#\s*(?:(?:ruff:\s*)?noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\])"
    r"\s+(?:#|-)\s*\S"
)


@pytest.mark.parametrize(
    "path", sorted(p for r in (*ROOMS, "tests") for p in (ROOT / r).rglob("*.py"))
)
def test_every_suppression_names_its_rule_and_its_reason(path: Path) -> None:
    with path.open("rb") as file:
        comments = [t for t in tokenize.tokenize(file.readline) if t.type == tokenize.COMMENT]
    bare = [c for c in comments if SUPPRESSION.search(c.string) and not EXPLAINED.search(c.string)]
    assert [f"{path.name}:{comment.start[0]} {comment.string}" for comment in bare] == []
