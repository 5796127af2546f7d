from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.bench.cells import Part, System
from eval.bench.client import WorkerFailed
from eval.bench.machine import busy_note, peak_mib, processor_times
from eval.bench.measure import failures, figures_of
from eval.bench.plan import FULL, QUICK, USUAL
from eval.bench.questions import Prompts, answerable, measured, quoting
from eval.bench.run import SECTIONS, parts_of
from eval.bench.sections.answering import attempt
from eval.bench.sections.growth import grow
from eval.bench.sections.indexing import indexing
from eval.bench.sections.limits import rate_of
from eval.bench.setting import NO_PEERS, Setting
from eval.bench.wire import Json
from eval.cases import Split
from rag.errors import SuiteError
from rag.settings import Settings
from tests.eval.samples import ASK


@pytest.fixture
def setting(settings: Settings, tmp_path: Path) -> Setting:
    """Without peers and without models."""
    return Setting(
        settings=settings,
        plan=QUICK,
        out=tmp_path,
        indexes=tmp_path / "indexes",
        peers=tmp_path / "nowhere" / "python",
        data=tmp_path,
        model_sha256="",
        say=lambda line: None,
    )


def reply(text: str, first: float | None, total: float, **more: object) -> Json:
    return {
        "first_token_s": first,
        "first_sentence_s": first,
        "total_s": total,
        "text": text,
        "written": text,
        **more,
    }


def words(text: str) -> int:
    return len(text.split())


def test_a_worker_of_the_peers_without_their_environment_says_how_to_make_it(
    setting: Setting,
) -> None:
    with pytest.raises(WorkerFailed, match="make bench-setup"):
        setting.worker("server", in_peers=True)


def test_a_system_that_cannot_be_opened_is_a_cell_that_says_why(setting: Setting) -> None:
    class WithModel(Setting):
        def options(self, system: System, folder: Path, more: Mapping[str, int]) -> Json:
            return {}

    known = {name: getattr(setting, name) for name in Setting.__dataclass_fields__}
    (cell,) = attempt(WithModel(**known), System.TXTAI, {"users": 1}, lambda worker: iter(()))
    assert (cell.system, cell.at, cell.figures, cell.why) == (
        System.TXTAI,
        {"users": 1},
        {},
        NO_PEERS,
    )


def test_rows_of_the_index_are_there_even_if_nobody_can_measure_them(setting: Setting) -> None:
    cells, _ = indexing(setting)
    assert [cell.at["of"] for cell in cells] == ["indexing_rates", "retrieval_latency"]
    assert all(cell.figures or cell.why for cell in cells)


def record(
    first: float | None, sentence: float | None, total: float, tokens: int, **more: bool
) -> dict[str, object]:
    times = {"first_token_s": first, "first_sentence_s": sentence, "total_s": total}
    return {**times, "tokens": tokens, "right": False, "refused": False, **more}


def test_figures_are_medians_of_answers_rates_and_shares() -> None:
    records = [
        record(1.0, 2.0, 3.0, 11, right=True),
        record(2.0, 4.0, 5.0, 7),
        record(None, None, 0.1, 0, refused=True),
    ]
    assert figures_of(records, wall_s=6.0) == {
        "first_token_median_s": 1.5,
        "first_token_p95_s": 1.95,
        "first_sentence_median_s": 3.0,
        "first_sentence_p95_s": 3.9,
        "total_median_s": 4.0,
        "total_p95_s": 4.9,
        "right_share": 0.3333,
        "refused_share": 0.3333,
        "answers_per_s": 0.5,
        "tokens_per_s": 3.2,  # (10 + 6) / (2 + 3)
    }


def test_a_model_that_says_it_does_not_know_has_refused() -> None:
    assert measured(ASK, reply("I don’t know.", 0.5, 1.0), words)["refused"]
    assert not measured(ASK, reply("I don’t know.", 0.5, 1.0, refused=False), words)["refused"]


def test_no_reply_has_no_figures_and_failures_are_counted() -> None:
    assert figures_of([], wall_s=1.0) == {}
    assert failures([reply("a", 1, 1)]) == ""
    assert failures([reply("a", 1, 1), WorkerFailed("gone")]) == "1 of 2 failed: gone"


@pytest.mark.parametrize(
    ("text", "refused", "right"),
    [
        ("The ferry left at 9.", False, True),
        ("The ferry left.", False, False),
        ("The ferry left at 9.", True, False),
    ],
)
def test_a_reply_is_right_by_the_evaluations_own_measure(
    text: str, refused: bool, right: bool
) -> None:
    record = measured(ASK, reply(text, 0.5, 1.0, refused=refused), words)
    assert (record["right"], record["refused"], record["tokens"]) == (right, refused, words(text))


def test_questions_are_answerable_ones_of_the_dev_split_and_the_kinds_take_turns(
    settings: Settings,
) -> None:
    asks = answerable(settings.seeds_dir)
    assert {ask.split for ask in asks} == {Split.DEV}
    assert all(ask.slots and not ask.must_refuse for ask in asks)
    assert len({ask.kind for ask in asks[:6]}) == 6
    assert len({ask.id for ask in asks}) == len(asks) > max(FULL.ours, USUAL.ours)
    assert {ask.kind for ask in quoting(asks)} == {"quote", "who_said"}


def test_plain_prompts_hold_the_passages_in_order_and_the_question(settings: Settings) -> None:
    system, user = Prompts(settings).messages(["One\ntwo.", "Three."], "What?")
    assert (system["role"], user["role"]) == ("system", "user")
    assert "[1] One two.\n[2] Three.\nQuestion: What?" in user["content"]
    assert Prompts(settings).system(["One."]).startswith(system["content"])
    assert Prompts(settings).system(["One."]).endswith("[1] One.")


def test_sections_are_run_in_their_order_and_an_unknown_one_is_named() -> None:
    assert parts_of("users,latency") == [Part.LATENCY, Part.USERS]
    assert parts_of(None) == list(Part) == list(SECTIONS)
    with pytest.raises(SuiteError, match="no section 'speed'"):
        parts_of("latency,speed")


class Indexed:
    """An index that takes a second for so many articles more."""

    def __init__(self, held: int, articles_per_s: float) -> None:
        self.sizes: list[int] = []
        self._held, self._rate = held, articles_per_s

    def __call__(self, size: int) -> float:
        seconds = (size - self._held) / self._rate
        self._held = size
        self.sizes.append(size)
        return seconds


def test_an_index_grows_by_doubling_until_it_is_whole() -> None:
    index = Indexed(0, 100.0)
    assert grow(index, held=0, wanted=1000, budget_s=1e9) == (1000, 10.0)
    assert index.sizes == [200, 400, 800, 1000]


def test_an_index_grows_no_further_than_its_time_allows() -> None:
    index = Indexed(0, 10.0)
    held, spent = grow(index, held=0, wanted=8000, budget_s=100.0)
    assert (held, spent) == (1000, 100.0)
    assert index.sizes == [200, 400, 800, 1000]


def test_an_index_that_was_begun_goes_on_from_there() -> None:
    index = Indexed(1000, 10.0)
    held, _ = grow(index, held=1000, wanted=1500, budget_s=100.0)
    assert (held, index.sizes) == (1500, [1000, 1500])


def test_memory_is_that_of_a_process_and_of_all_below_it(tmp_path: Path) -> None:
    for pid, children, peak in ((1, "2", 2048), (2, "3", 1024), (3, "", 1024), (4, "", 4096)):
        tasks = tmp_path / str(pid) / "task" / str(pid)
        tasks.mkdir(parents=True)
        (tasks / "children").write_text(children)
        (tmp_path / str(pid) / "status").write_text(f"Name:\tx\nVmHWM:\t  {peak} kB\n")
    assert peak_mib(1, tmp_path) == 4
    assert peak_mib(9, tmp_path) == 0


def test_stolen_time_is_busy_and_waiting_for_disks_is_idle() -> None:
    stat = "cpu  10 1 2 100 50 3 4 5 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
    assert processor_times(stat) == (25, 175)


def test_a_busy_machine_is_warned_of() -> None:
    assert busy_note(0.05) == ""
    assert "40%" in busy_note(0.4)


def test_a_rate_counts_the_tokens_after_the_first_piece() -> None:
    replies = [
        {"first_piece": "One", "written": "One two three", "seconds": 0.5},
        {"first_piece": "Four", "written": "Four", "seconds": 0.0},
        {"first_piece": "Five six", "written": "Five six seven eight", "seconds": 0.5},
    ]
    assert rate_of(words, replies) == 4.0
    assert rate_of(words, []) == 0.0
