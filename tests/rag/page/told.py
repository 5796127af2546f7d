"""What a service could tell the page: for states that the real one does not come into by itself."""

import json
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, Request, Route

from tests.rag.page.stories import POST, WIRE

DIGEST = "0" * 64


def citation(number: int, article: Any = POST, quote: str | None = None) -> dict[str, Any]:  # noqa: ANN401  # an article or a bad one
    said = quote or "Captain Marta Olsen thanked the 12th Rescue Unit"
    start = max(0, article.text.find(said))
    return {
        "id": number,
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "published": str(article.published) if article.published else None,
        "url": article.url,
        "start": start,
        "end": start + len(said),
        "quote": said,
    }


def answer(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any field of the wire
    """An answer of two sentences, the first of which cites both articles."""
    whole = {
        "status": "answered",
        "refusal": None,
        "answer": "",
        "short": None,
        "sentences": [
            {"text": "She thanked the unit.", "citations": [1, 2], "support": 1.0},
            {"text": "Fourteen were injured.", "citations": [3], "support": 0.9},
        ],
        "citations": [
            citation(1),
            citation(2, WIRE),
            citation(3, POST, "The fire on the ferry Aurora injured 14 people."),
        ],
        "agreement": [{"citations": [1, 2], "articles": 2, "independent": 1}],
        "conflicts": [],
        "confidence": 0.7,
        "question_used": "",
        "timings_ms": {"retrieve": 5, "first_sentence": 400, "total": 800},
        "receipt": {
            "model_sha256": DIGEST,
            "index_generation": "earlier",
            "prompt_sha256": DIGEST,
            "version": "0.0.0",
        },
    }
    return whole | changes


def refusal(code: str, nearest: tuple[int, ...] = ()) -> dict[str, Any]:
    return answer(
        status="refused",
        refusal={"code": code, "message": "That was not found.", "nearest": list(nearest)},
        sentences=[],
        citations=[citation(number) for number in nearest],
        agreement=[],
        confidence=0.0,
    )


def events(*sent: tuple[str, Mapping[str, Any]]) -> str:
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in sent)


def tell(page: Page, *sent: tuple[str, Mapping[str, Any]]) -> None:
    """Have every question answered with these events."""
    body = events(*sent)
    page.route(
        "**/v1/answer",
        lambda route: route.fulfill(content_type="text/event-stream", body=body),
    )


def body_of(request: Request) -> dict[str, Any]:
    """What was asked, as it was sent."""
    found = request.post_data_json
    assert isinstance(found, dict)
    return found


def problem(status: int, code: str, detail: str = "no", hint: str = "") -> dict[str, Any]:
    return {"title": "Problem", "status": status, "detail": detail, "code": code, "hint": hint}


def fail(page: Page, address: str, status: int, code: str, **headers: str) -> None:
    """Have an address reply with a problem document."""

    def reply(route: Route) -> None:
        body = json.dumps(problem(status, code, f"the detail of {code}"))
        kind = "application/problem+json"
        route.fulfill(status=status, body=body, content_type=kind, headers=headers)

    page.route(address, reply)
