"""How fast our engine reads and writes, beside what memory and processor could do at most."""

from collections.abc import Sequence

from eval.bench.cells import Cell, System
from eval.bench.client import Worker, WorkerFailed
from eval.bench.machine import cores
from eval.bench.questions import TokenCount, quoting
from eval.bench.setting import Setting
from eval.bench.wire import Json

STORY = "Tell a long story about a lighthouse keeper, in plain prose."
WRITE_TOKENS = 96
QUOTES = 4
QUOTE_TOKENS = 80
NO_LOOKUP = "this engine has no prompt lookup"


def limits(setting: Setting) -> tuple[list[Cell], list[str]]:
    """The machine, then the engine without and with prompt lookup."""
    notes = [
        "decoding reads the whole model file for every token: file size x tokens/s against the"
        " fastest reading or copying of memory measured in this run",
        "prefill does 2 operations for every parameter and token, against float32 matrix products;"
        " the engine computes in smaller numbers, so more than 1 is possible",
    ]
    try:
        machine = machine_cell(setting)
    except WorkerFailed as error:
        machine = Cell(system=System.MACHINE, why=str(error))
    return [machine, _engine(setting, False), _engine(setting, True)], notes


def machine_cell(setting: Setting) -> Cell:
    """Memory, matrices, and the size of the model."""
    setting.say("  memory and matrices")
    with setting.worker("limits").load({"threads": cores()}) as worker:
        figures: dict[str, float] = {"model_bytes": setting.model.stat().st_size}
        wanted = ("memory", "matrices", "model")
        for request in ({"what": what, "path": str(setting.model)} for what in wanted):
            reply = worker.ask(request)
            figures |= {k: v for k, v in reply.items() if k not in {"event", "id"}}
        return Cell(system=System.MACHINE, figures=figures)


def _engine(setting: Setting, lookup: bool) -> Cell:
    at: dict[str, int | str] = {"lookup": "on" if lookup else "off"}
    options = {"settings": setting.our_settings(), "lookup": lookup}
    setting.say(f"  our engine, prompt lookup {at['lookup']}")
    try:
        with setting.worker("speed").load(options) as worker:
            if lookup and worker.facts["lookup"] is None:
                return Cell(system=System.OURS, at=at, why=NO_LOOKUP)
            figures = {} if lookup else _plain(setting, worker)
            figures["quoting_tokens_per_s"] = _quoting(setting, worker)
            return Cell(system=System.OURS, at=at, figures=figures)
    except WorkerFailed as error:
        return Cell(system=System.OURS, at=at, why=str(error))


def _plain(setting: Setting, worker: Worker) -> dict[str, float]:
    """Reading four passages that nobody has read, and writing what nothing foretells."""
    ask = setting.asks[0]
    passages = setting.evidence([ask], setting.index(2))[0]["passages"][:4]
    read = worker.ask({"what": "read", "text": "\n".join([*passages, ask.question])})
    story = {"what": "write", "text": STORY, "max_tokens": WRITE_TOKENS}
    return {
        "prefill_tokens": read["tokens"],
        "prefill_tokens_per_s": round(read["tokens"] / read["seconds"], 3),
        "decode_tokens_per_s": rate_of(setting.count_tokens, [worker.ask(story)]),
    }


def _quoting(setting: Setting, worker: Worker) -> float:
    asks = quoting(setting.asks)[:QUOTES]
    found = setting.evidence(asks, setting.index(2))
    replies = [
        worker.ask(
            {
                "what": "answer",
                "question": ask.question,
                "sentences": one["sentences"],
                "max_tokens": QUOTE_TOKENS,
            }
        )
        for ask, one in zip(asks, found, strict=True)
    ]
    return rate_of(setting.count_tokens, replies)


def rate_of(count_tokens: TokenCount, replies: Sequence[Json]) -> float:
    """Tokens a second after the first piece, over all replies."""
    tokens = sum(
        count_tokens(reply["written"]) - count_tokens(reply["first_piece"]) for reply in replies
    )
    seconds = sum(reply["seconds"] for reply in replies)
    return round(tokens / seconds, 3) if seconds > 0 else 0.0
