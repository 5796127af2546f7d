"""The error tree is whole: drawn, exported, coded, and translated for HTTP and the shell."""

import re
from collections.abc import Iterator, Mapping

import pytest

import eval  # the rooms are imported so that a class defined anywhere is seen
import rag.cli
import rag.compose
import rag.engine.child
import rag.errors
import rag.service
from index.errors import DatelineError
from rag.cli import EXIT_STATUS, exit_status_of
from rag.service.problems import HTTP_STATUS, problem_of, status_of

ROOMS = (eval, rag.cli, rag.compose, rag.engine.child, rag.service)


def below(kind: type[DatelineError]) -> Iterator[type[DatelineError]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


CLASSES = sorted(below(DatelineError), key=lambda kind: kind.__name__)
EVERY: list[type[DatelineError]] = [DatelineError, *CLASSES]
each_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
each_table = pytest.mark.parametrize("table", [HTTP_STATUS, EXIT_STATUS], ids=["http", "exit"])


def drawn() -> dict[str, str]:
    """Class → parent, as drawn in the docstring of `rag.errors`."""
    parents: dict[str, str] = {}
    path = ["DatelineError"]
    for line in (rag.errors.__doc__ or "").splitlines():
        branch = re.match(r"(?P<indent>[\s│]*)[├└]── (?P<names>[A-Z]\w+(?:, [A-Z]\w+)*)", line)
        if branch:
            names = branch["names"].split(", ")
            depth = 1 + branch["indent"].lstrip(" ").count("│")
            path = [*path[:depth], names[-1]]
            parents |= dict.fromkeys(names, path[depth - 1])
    return parents


def test_there_are_errors_to_check() -> None:
    assert {"EmptyQuestion", "EngineDied", "IndexMissing"} <= {kind.__name__ for kind in CLASSES}
    assert all(room.__name__ for room in ROOMS)


@each_class
def test_a_class_has_a_code_of_its_own(kind: type[DatelineError]) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", vars(kind)["code"])
    assert [other for other in EVERY if other.code == kind.code] == [kind]


@each_class
def test_a_class_says_the_remedy(kind: type[DatelineError]) -> None:
    assert kind.hint.strip().endswith(".")
    assert (kind.__doc__ or "").strip()
    assert kind.retryable in (True, False)


def test_the_public_list_is_the_tree() -> None:
    names = [kind.__name__ for kind in CLASSES]
    assert sorted(rag.errors.__all__) == sorted(["DatelineError", *names])
    assert all(getattr(rag.errors, kind.__name__) is kind for kind in CLASSES)


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == {kind.__name__: kind.__bases__[0].__name__ for kind in CLASSES}


@each_class
def test_a_class_has_a_status_for_http_and_for_the_shell(kind: type[DatelineError]) -> None:
    assert 400 <= status_of(kind) <= 599
    assert 1 < exit_status_of(kind) <= 255


@each_table
def test_no_entry_of_a_table_is_dead(table: Mapping[type[DatelineError], int]) -> None:
    """An entry is dead if its class is gone, or if it repeats what it would inherit."""
    assert set(table) <= set(CLASSES)
    for kind, status in table.items():
        inherited = [table[base] for base in kind.__mro__[1:] if base in table]
        assert status not in inherited[:1], kind.__name__


@pytest.mark.parametrize(
    ("kind", "http", "shell"),
    [
        (rag.errors.EmptyQuestion, 422, 2),
        (rag.errors.QuestionTooLong, 413, 2),
        (rag.errors.ArticleNotFound, 404, 2),
        (rag.errors.IndexMissing, 503, 66),
        (rag.errors.EngineDied, 503, 75),
        (rag.errors.UnknownModel, 503, 2),
        (rag.errors.EmptyArticle, 422, 65),
        (rag.errors.DuplicateArticle, 409, 65),
        (rag.errors.SettingsError, 500, 78),
        (rag.errors.Busy, 429, 75),
    ],
)
def test_some_statuses_by_value(kind: type[DatelineError], http: int, shell: int) -> None:
    assert (status_of(kind), exit_status_of(kind)) == (http, shell)


TOLD = {  # classes whose message speaks only of what was sent, or of the index's articles
    *("ArticleError", "EmptyArticle", "BinaryArticle", "UndecodableArticle", "ArticleTooLarge"),
    *("MalformedArticle", "DuplicateArticle", "TooManyArticles", "GenerationGone"),
    *("IndexMismatch", "BrokenPointer", "Busy"),
    *("EngineDied", "EngineCancelled", "PromptTooLong"),
}


@each_class
def test_a_problem_document_names_no_file_of_the_machine(kind: type[DatelineError]) -> None:
    """A missing index was told to everybody with the folder in which it was looked for."""
    error = kind.__new__(kind, "/home/ann/data/index is broken")
    problem = problem_of(error)
    is_about_the_request = issubclass(kind, rag.errors.RequestError | rag.errors.AccessError)
    told = is_about_the_request or kind.__name__ in TOLD
    assert ("/home/ann" in problem.model_dump_json()) is told
    assert problem.detail


def test_a_problem_document_tells_the_error() -> None:
    problem = problem_of(rag.errors.ArticleNotFound("there is no article 'x'"))
    assert problem.model_dump() == {
        "type": "about:blank",
        "title": "ArticleNotFound",
        "status": 404,
        "detail": "there is no article 'x'",
        "code": "article_not_found",
        "hint": "GET /v1/articles lists the ids.",
    }
