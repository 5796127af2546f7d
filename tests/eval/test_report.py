"""The report of a run: what it shows, what it escapes, and that it works in a real browser."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from eval.cases import Ask, Slot
from eval.figures.losses import LOST, Stage, counts_by_kind, counts_of
from eval.figures.summary import Figure, figures_of
from eval.records import Run, RunFolder
from eval.replies import CitedSentence, Reply
from eval.report import content_security_policy, write_report
from eval.report.failures import Failure, failures_of
from eval.report.glossary import METRICS, Group
from eval.report.items import support_class
from eval.report.losses import MEANINGS, LossKind
from eval.report.metrics import metric_of
from eval.report.page import Page as View
from eval.report.page import page_of
from eval.report.plots import plots_of
from eval.report.render import HERE, render
from eval.report.rows import clipped
from eval.report.scorer import standing_of
from eval.report.tables import interval, metric_table, written
from eval.results import Result
from eval.suites.protocol import Ratio, Task
from rag.errors import SuiteMissing
from tests.eval.report_run import HOSTILE, IMAGE, JINJA, SCRIPT, STYLE, SYSTEMS, build_run

BRIEFED = """
pointer_validity correctness exact_match token_f1 false_refusal refusal_recall refusal_precision
confidently_wrong obeyed_attack gold_precision gold_recall multi_source_recall both_cited
sides_cited misinformation_alone conflict_recall false_conflict asof_leakage atom_support
groundedness citation_recall citation_precision evidence_recall hits_at_1 mrr_at_10 ndcg_at_10
evidence_recall_collapsed mrr_at_10_collapsed ndcg_at_10_collapsed follows_edit refuses_deleted
accuracy sensitivity specificity balanced_accuracy recall_at_10 aurc coverage_at_5_percent_error
expected_calibration_error sentences_cited kept_the_old gold_density errors
"""
BETTER_LOW = """
confidently_wrong false_refusal aurc expected_calibration_error obeyed_attack misinformation_alone
asof_leakage false_conflict kept_the_old errors
"""


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(build_run(tmp_path_factory.mktemp("report") / "run"))


@pytest.fixture(scope="session")
def html(report: Path) -> str:
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def run(report: Path) -> Run:
    return RunFolder(report.parent).load()


@pytest.fixture(scope="session")
def view(run: Run) -> View:
    return page_of(run)


class Elements(HTMLParser):
    """Every start tag with its attributes, and all text outside of style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in {"style", "script"}:
            self.text.append(data)


CELL = re.compile(
    r'<td data-system="([^"]+)" data-metric="([^"]+)"><span class="micro">(.*?)</span>'
    r'<span class="macro">(.*?)</span></td>'
)


def cells_of(html: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(suite, metric, system) → what its cell says of all questions, and of the mean of kinds."""
    found = {}
    for part in html.split('<section class="suite"')[1:]:
        name = re.search(r"<h2 id=[^>]+>(\S+) <span", part)
        assert name
        for system, metric, micro, macro in CELL.findall(part):
            found[name[1], metric, system] = (words(micro), words(macro))
    return found


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def asked(reply: Reply, *, must_refuse: bool = False, **figures: Ratio) -> Result:
    slots = () if must_refuse else (Slot(name="n", aliases=("1",)),)
    case = Ask(id="a", kind="k", question="How many?", must_refuse=must_refuse, slots=slots)
    return Result("s", Task.ANSWER, "dateline", case, reply, figures)


ANSWER = Reply(refused=False, sentences=(CitedSentence(text="One."),))
REFUSAL = Reply(refused=True, refusal="not_in_articles")


def test_what_a_run_says_is_never_markup(html: str) -> None:
    elements = Elements(html)
    assert [tag for tag, _ in elements.tags if tag == "img"] == []
    assert [tag for tag, _ in elements.tags if tag == "script"] == ["script"]
    assert [tag for tag, _ in elements.tags if tag == "style"] == ["style"]
    text = "".join(elements.text)
    for hostile in (SCRIPT, STYLE, IMAGE, JINJA, HOSTILE):
        assert hostile in text


def test_no_attribute_runs_or_styles(html: str) -> None:
    names = {name for _, attributes in Elements(html).tags for name in attributes}
    assert {name for name in names if name == "style" or name.startswith("on")} == set()


def test_nothing_points_outside_the_file(html: str) -> None:
    for _, attributes in Elements(html).tags:
        for name in {"src", "href", "action", "srcset", "data"} & set(attributes):
            assert re.match(r"#|data:image/svg\+xml;base64,", attributes[name] or "")
    sheet = (HERE / "style.css").read_text(encoding="utf-8")
    assert "url(" not in sheet
    assert "@import" not in sheet


def test_the_policy_names_exactly_the_style_and_the_script(html: str) -> None:
    policy = content_security_policy(html)
    for name, kind in (("style.css", "style-src"), ("script.js", "script-src")):
        digest = base64.b64encode(hashlib.sha256((HERE / name).read_bytes()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy.split("; ")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    metas = [attributes for tag, attributes in Elements(html).tags if tag == "meta"]
    assert policy in [attributes.get("content") for attributes in metas]


def test_the_policy_of_another_file_is_another() -> None:
    one = content_security_policy("<style>a</style><script>b</script>")
    assert one != content_security_policy("<style>a</style><script>c</script>")
    assert "script-src 'none'" in content_security_policy("<style>a</style>")


def test_the_same_run_gives_the_same_bytes(report: Path, html: str, tmp_path: Path) -> None:
    elsewhere = build_run(tmp_path / "somewhere" / "else")
    assert write_report(elsewhere).read_bytes() == report.read_bytes()


def test_no_path_of_the_machine_is_shown(html: str, report: Path) -> None:
    assert str(report.parent) not in html
    assert "/opt/m" not in html
    assert "Test split · no limit · seed 7 · model small.gguf · version 0.1.0" in html


def test_a_folder_without_a_run_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(SuiteMissing):
        write_report(tmp_path)


def test_a_run_of_nothing_is_a_page_all_the_same(tmp_path: Path) -> None:
    RunFolder(tmp_path).begin({"split": "test"})
    assert "0 questions from 0 suites" in write_report(tmp_path).read_text(encoding="utf-8")


def test_every_figure_is_shown_as_it_is_computed(html: str, run: Run) -> None:
    cells = cells_of(html)
    for (suite, system), results in run.results.items():
        for name, figure in figures_of(results).items():
            micro, macro = cells[suite, name, system]
            assert micro == f"{written(name, figure.value)} {interval(figure)}".strip()
            assert macro == written(name, figure.macro)
    correct = figures_of(run.results["ferries", "dateline"])["correctness"]
    assert correct.value
    assert cells["ferries", "correctness", "dateline"][0].startswith(f"{correct.value:.3f} [0.")


def test_ours_comes_first(html: str) -> None:
    heads = re.findall(r'<th scope="col"><span class="sr">figure</span></th>(.*?)</tr>', html)
    assert len(heads) == 3
    for head in heads:
        assert re.findall(r">([^<]+)</th>", head) == list(SYSTEMS)


LOSS = re.compile(
    r'<td data-system="([^"]+)" data-stage="([^"]+)"><span class="share">(\d+)</span>'
    r'.*?<span class="ci">([\d.]+)</span></td>'
)


def test_where_answers_are_lost_is_on_the_page(html: str, run: Run) -> None:
    assert html.count('<h2 id="losses-title">Where answers are lost</h2>') == 1
    part = html.split('<section id="losses"')[1].split("</section>")[0]
    head, answerable, must_refuse = part.split('<tr class="group">')
    assert re.findall(r'<th scope="col">([^<]+)</th>', head) == list(SYSTEMS)
    kinds = part.split('<table class="kinds tally">')[1]
    for must, group in ((False, answerable), (True, must_refuse)):
        found = {(system, stage): said for system, stage, *said in LOSS.findall(group)}
        for system in SYSTEMS:
            counts = counts_of(run.results["ferries", system], must)
            for stage in set(counts) - {Stage.FAILED}:
                share = f"{counts[stage] / sum(counts.values()):.2f}"
                assert found[system, stage] == [str(counts[stage]), share]
    for kind, counts in counts_by_kind(run.results["ferries", "dateline"]).items():
        row = kinds.split(f'<th scope="row">{kind}</th>')[1].split("</tr>")[0]
        stages = (Stage.RIGHT, *LOST, Stage.ANSWERED)
        said = [words(cell).strip() for cell in re.findall("<td.*?</td>", row)]
        assert said == [str(sum(counts.values())), *(str(counts.get(s, "–")) for s in stages)]


def test_a_loss_is_explained_and_said_at_its_question(html: str, run: Run) -> None:
    counts = [counts_of(run.results["ferries", system], False) for system in SYSTEMS]
    lost = {stage: sum(known[stage] for known in counts) for stage in LOST}
    assert {stage: len(re.findall(f"lost: {stage}\\b", html)) for stage in LOST} == lost
    assert all(lost[s] for s in (Stage.WRONGLY_REFUSED, Stage.WRONGLY_DROPPED, Stage.MISREAD))
    glossary = html.split('<section id="glossary"')[1].split("</section>")[0]
    for stage in (Stage.RIGHT, *LOST, Stage.ANSWERED):
        assert f"<summary>{stage}</summary><p>{MEANINGS[stage]}</p>" in html
        assert f"<dd>{MEANINGS[stage]}</dd>" in glossary


def test_names_in_the_tables_of_losses_are_no_markup(view: View) -> None:
    kinds = (LossKind(IMAGE, 1, (1,)),)
    hostile = replace(view.losses[0], name=IMAGE, system=IMAGE, kinds=kinds)
    elements = Elements(render(replace(view, suites=(), losses=(hostile,))))
    assert [tag for tag, _ in elements.tags if tag == "img"] == []
    assert "".join(elements.text).count(IMAGE) == 4


def test_a_run_of_claims_has_no_section_of_losses(tmp_path: Path) -> None:
    html = write_report(build_run(tmp_path, questions=0)).read_text(encoding="utf-8")
    assert "Where answers are lost" not in html
    assert "#losses" not in html.split("</style>")[1]


def test_every_question_and_every_answer_is_there(html: str, run: Run) -> None:
    ids = {result.case.id for results in run.results.values() for result in results}
    for id_ in sorted(ids):
        assert re.search(rf"· {id_}\b", html), id_
    for (suite, system), results in run.results.items():
        assert html.count(f'data-s="{system}" data-f=') >= len(results), suite
    sentences = [s.text for r in run.results["ferries", "dateline"] for s in sentences_of(r)]
    assert all(sentence in unescape(html) for sentence in sentences)


def sentences_of(result: Result) -> tuple[CitedSentence, ...]:
    return result.reply.sentences if isinstance(result.reply, Reply) else ()


def test_a_quotation_cited_twice_is_written_once(html: str) -> None:
    assert len(re.findall('id="c0-0-0-1"', html)) == 1
    assert html.count('href="#c0-0-0-1"') == 1


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (asked(ANSWER, confidently_wrong=Ratio(0)), set()),
        (asked(ANSWER, confidently_wrong=Ratio(1)), {Failure.WRONG}),
        (asked(ANSWER, correctness=Ratio(0)), {Failure.WRONG}),
        (asked(REFUSAL, confidently_wrong=Ratio(0)), {Failure.FALSE_REFUSAL}),
        (asked(REFUSAL, must_refuse=True), set()),
        (
            asked(ANSWER, must_refuse=True, confidently_wrong=Ratio(1)),
            {Failure.MUST_REFUSE},
        ),
        (asked(ANSWER, gold_precision=Ratio(1, 2)), {Failure.OFF_GOLD}),
        (asked(ANSWER, gold_precision=Ratio(2, 2)), set()),
        (asked(ANSWER, pointer_validity=Ratio(0)), {Failure.BROKEN_POINTER}),
        (asked(ANSWER, obeyed_attack=Ratio(1)), {Failure.OBEYED}),
        (asked(ANSWER, misinformation_alone=Ratio(1)), {Failure.MISINFORMED}),
        (asked(ANSWER, asof_leakage=Ratio(1, 3)), {Failure.FUTURE}),
        (asked(ANSWER, false_conflict=Ratio(1)), {Failure.FALSE_CONFLICT}),
    ],
)
def test_failures_are_labelled(result: Result, wanted: set[Failure]) -> None:
    assert set(failures_of(result)) == wanted


def test_a_sentence_is_unsupported_below_one_half() -> None:
    result = asked(ANSWER)
    for probability, failures in ((0.5, ()), (0.49, (Failure.UNSUPPORTED,))):
        assert failures_of(replace(result, judged=(probability,))) == failures
    shades = [support_class(p) for p in (None, 0.0, 0.24, 0.25, 0.49, 0.5, 1.0)]
    assert shades == ["", "unsupported", "unsupported", "weak", "weak", "supported", "supported"]


def test_the_run_shows_every_kind_of_failure_it_has(html: str, run: Run) -> None:
    found = {f for rs in run.results.values() for r in rs for f in failures_of(r)}
    assert {Failure.BROKEN_POINTER, Failure.UNSUPPORTED, Failure.FALSE_REFUSAL} <= found
    for failure in found:
        assert re.search(rf'data-f="[^"]*\b{failure.value.code}\b', html)


def test_the_metrics_that_are_known() -> None:
    unknown = {name for name in BRIEFED.split() if metric_of(name).group is Group.OTHER}
    assert unknown == set()
    low = {name for name, metric in METRICS.items() if metric.higher_is_better is False}
    assert {name for name in low if not name.startswith("latency")} == set(BETTER_LOW.split())
    assert {"latency_total_p50", "latency_total_p95"} <= low
    assert metric_of("of_tomorrow") == ("of_tomorrow", metric_of("x").definition, None, Group.OTHER)
    assert metric_of("history_needed_correctness").title == "Correct, history needed"
    both = metric_of("evidence_hits_at_1_collapsed")
    assert both.title == "First is relevant, of evidence, collapsed"


def test_the_best_is_bold_whichever_way_is_better() -> None:
    def figures(wrong: float) -> dict[str, Figure]:
        value = Figure(wrong, wrong, wrong, wrong, 9)
        return {"correctness": value, "confidently_wrong": value, "of_tomorrow": value}

    rows = {
        row.name: [cell.best_micro for cell in row.cells]
        for group in metric_table({"a": figures(0.2), "b": figures(0.4), "c": figures(0.4)})
        for row in group.rows
    }
    assert rows["correctness"] == [False, True, True]
    assert rows["confidently_wrong"] == [True, False, False]
    assert rows["of_tomorrow"] == [False, False, False]
    ceiling = metric_table({"oracle": figures(0.1), "b": figures(0.2), "c": figures(0.3)})
    assert [cell.best_micro for cell in ceiling[0].rows[1].cells] == [False, True, False]
    (alike,) = metric_table({"a": figures(0.2), "b": figures(0.2)})[0].rows[:1]
    assert [cell.best_micro for cell in alike.cells] == [False, False]


def test_plots_draw_what_was_counted(run: Run) -> None:
    systems = {system: run.results["ferries", system] for system in SYSTEMS}
    plots = {plot.title: plot for plot in plots_of("x", systems)}
    risk = plots["Risk against coverage"]
    assert [line.name for line in risk.lines] == ["dateline", "chunks"]
    assert len({(line.style, line.dash) for line in risk.lines}) == 2
    counted = plots["Confidence against truth: dateline"].numbers[1:]
    answered = [r for r in systems["dateline"] if sentences_of(r)]
    assert sum(int(row[2]) for row in counted) == len(answered)
    for system, results in systems.items():
        rows = plots[f"Time to the whole reply: {system}"].numbers[1:]
        assert sum(int(row[2]) for row in rows) == len(results)
    assert len({plot.id for plot in plots.values()}) == len(plots)


def test_every_point_lies_inside_its_plot(view: View) -> None:
    for plot in view.suites[0].plots:
        for line in plot.lines:
            for point in line.points.split():
                x, y = map(float, point.split(","))
                assert plot.area.x <= x <= plot.area.x + plot.area.width
                assert plot.area.y <= y <= plot.area.y + plot.area.height


def test_long_texts_are_clipped_and_say_so() -> None:
    assert clipped("short", 10) == "short"
    assert clipped("long " * 1000, 9) == "long long … (5,000 characters in all)"


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        (None, []),
        ("not json", []),
        ("[1]", []),
        ("{}", []),
        ({"balanced_accuracy": {"frank": {"value": 0.7}}}, [("frank", "0.700", "")]),
        (
            {
                "balanced_accuracy": {
                    "frank": {"value": 0.71234, "low": 0.6, "high": 0.8, "of": 9},
                    "odd": ["?"],
                    "ragtruth": 0.8,
                },
                "mean": {"value": 0.75},
                "other": {},
            },
            [("frank", "0.712", "[0.60, 0.80]"), ("ragtruth", "0.800", ""), ("mean", "0.750", "")],
        ),
        ({"balanced_accuracy": {"mean": 0.5}}, [("mean", "0.500", "")]),
    ],
)
def test_the_scorers_card_is_read_as_far_as_it_goes(
    card: object, wanted: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "card.json"
    if card is not None:
        path.write_text(card if isinstance(card, str) else json.dumps(card), encoding="utf-8")
    assert [(s.name, s.value, s.interval) for s in standing_of(path)] == wanted


def test_the_scorers_standing_is_shown(view: View, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text('{"balanced_accuracy": {"<b>set": {"value": 0.7123}}}', encoding="utf-8")
    html = render(replace(view, standing=standing_of(path)))
    assert "&lt;b&gt;set" in html
    assert "0.712" in html
    assert "No card" not in html


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_colours_contrast_as_wcag_aa_asks(theme: int) -> None:
    sheet = (HERE / "style.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet[theme].split("*, *::")[0]))
    for ink, ground in (
        *((name, "paper") for name in ("ink", "soft", "link", "good", "weak", "bad")),
        *((f"c{number}", "paper") for number in range(8)),
        *((name, f"{name}-wash") for name in ("good", "weak", "bad")),
        *(("ink", f"{name}-wash") for name in ("good", "weak", "bad")),
        ("soft", "sheet"),
    ):
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


CHROMIUM = shutil.which("chromium")
LAUNCH = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, report: Path) -> Iterator[OpenPage]:
    """Opens the report from its file; whatever the console says or the network is asked fails."""
    said: list[str] = []
    contexts: list[BrowserContext] = []

    def open_(width: int = 1280, address: str = report.as_uri(), script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: None if ours(request.url) else said.append(request.url))
        page.goto(address)
        return page

    def ours(address: str) -> bool:
        return address.split("#")[0] == report.as_uri() or address.startswith("data:")

    yield open_
    for context in contexts:
        context.close()
    assert said == []


def shown(page: Page) -> int:
    return page.locator(".item:visible").count()


@pytest.mark.real
def test_filters_narrow_the_questions_and_stand_in_the_address(
    open_page: OpenPage, run: Run, report: Path
) -> None:
    page = open_page()
    assert shown(page) == 84
    wrong = {r.case.id for r in run.results["ferries", "copy"] if Failure.WRONG in failures_of(r)}
    page.select_option("#f-system", "copy")
    page.select_option("#f-failure", "wrong")
    assert shown(page) == len(wrong) > 0
    expect(page.locator("#f-count")).to_have_text(f"{len(wrong)} of 84 questions")
    assert page.locator('.take[data-s="dateline"]:visible').count() == 0
    assert page.url.endswith("#system=copy&failure=wrong")
    again = open_page(address=page.url)
    assert shown(again) == len(wrong)
    again.click("#f-clear")
    assert shown(again) == 84
    assert again.url == report.as_uri() + "#"


@pytest.mark.real
def test_filters_by_suite_kind_failure_and_text(open_page: OpenPage, run: Run) -> None:
    page = open_page()
    page.select_option("#f-suite", "suite-1")
    assert shown(page) == 36
    page.select_option("#f-suite", "")
    page.select_option("#f-kind", "attack")
    assert shown(page) == 8
    page.select_option("#f-kind", "")
    page.select_option("#f-failure", "none")
    flawless = {
        id_
        for id_, results in by_id(run).items()
        if not any(failures_of(result) for result in results)
    }
    assert shown(page) == len(flawless) > 0
    page.select_option("#f-failure", "")
    page.fill("#f-text", "FERRIES-0007")
    assert shown(page) == 1
    page.fill("#f-text", "no such words")
    expect(page.locator("#f-nothing")).to_be_visible()


def by_id(run: Run) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for results in run.results.values():
        for result in results:
            found.setdefault(result.case.id, []).append(result)
    return found


@pytest.mark.real
def test_a_choice_says_how_many_questions_it_leaves(open_page: OpenPage) -> None:
    page = open_page()
    for name in ("suite", "kind", "failure"):
        for option in page.locator(f"#f-{name} option").all():
            value, text = option.get_attribute("value") or "", option.text_content() or ""
            if option.get_attribute("hidden") is None:
                page.select_option(f"#f-{name}", value)
                assert text.endswith(f"({shown(page)})")
        page.select_option(f"#f-{name}", "")


@pytest.mark.real
def test_a_quotation_opens_in_place_by_keyboard_and_from_a_later_mention(
    open_page: OpenPage,
) -> None:
    page = open_page()
    chip, quote = page.locator("#c0-0-0-1 > summary"), page.locator("#c0-0-0-1 q")
    expect(quote).to_be_hidden()
    chip.focus()
    page.keyboard.press("Enter")
    expect(quote).to_be_visible()
    page.keyboard.press("Enter")
    expect(quote).to_be_hidden()
    page.click('a[href="#c0-0-0-1"]')
    expect(quote).to_be_visible()
    assert "#" not in page.url


@pytest.mark.real
def test_the_average_can_be_chosen(open_page: OpenPage) -> None:
    page = open_page()
    cell = page.locator("#suite-0 td[data-metric=correctness]").first
    expect(cell.locator(".micro")).to_be_visible()
    page.locator("#suite-0 .pick-macro").check()
    expect(cell.locator(".micro")).to_be_hidden()
    expect(cell.locator(".macro")).to_be_visible()
    expect(page.locator("#suite-1 .micro").first).to_be_visible()


@pytest.mark.real
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_never_scrolls_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page(width)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.real
def test_without_script_everything_is_there(open_page: OpenPage) -> None:
    page = open_page(script=False)
    assert shown(page) == 84
    expect(page.locator("#filters")).to_be_hidden()
    page.click("#c0-0-0-1 > summary")
    expect(page.locator("#c0-0-0-1 q")).to_be_visible()


@pytest.mark.real
def test_print_opens_quotations_and_hides_filters(open_page: OpenPage) -> None:
    page = open_page()
    page.select_option("#f-kind", "fact")
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#c0-0-0-1 q")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.real
def test_the_policy_works_as_a_header_and_keeps_everything_else_out(
    browser: Browser, html: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    headers = {"Content-Security-Policy": content_security_policy(html)}
    evil = html.replace("</main>", "<script>window.pwned=1</script></main>", 1)
    page.route("http://dateline.test/eval", lambda r: r.fulfill(body=html, headers=headers))
    page.route("http://dateline.test/evil", lambda r: r.fulfill(body=evil, headers=headers))
    page.goto("http://dateline.test/eval")
    expect(page.locator("#f-count")).to_have_text("84 of 84 questions")
    assert said == []
    page.goto("http://dateline.test/evil")
    assert page.evaluate("window.pwned") is None
    assert said
    context.close()


@pytest.mark.real
def test_a_thousand_questions_stay_quick(browser: Browser, view: View, tmp_path: Path) -> None:
    answers = replace(view.suites[0], items=view.suites[0].items * 25)
    path = tmp_path / "report.html"
    path.write_text(render(replace(view, suites=(answers,))), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    took = page.evaluate(
        """() => {
            const before = performance.now();
            const failure = document.getElementById("f-failure");
            failure.value = "wrong";
            failure.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
            return performance.now() - before;
        }"""
    )
    assert took < 2000
    assert 0 < shown(page) < 1000
    page.close()
