"""`llama_cpp.server` with every article in a cached prompt: fast while articles are few.

The server is a process below this one, on a free port of this machine. The prompt with the
articles is read once while loading.
"""

import json
import socket
import subprocess  # the server of llama-cpp-python, with our own interpreter
import sys
import time
from collections.abc import Iterator

import httpx

from eval.bench.machine import versions
from eval.bench.wire import Json, Watch, serve

START_S = 300.0
POLL_S = 0.1
ASK_S = 600.0
CACHE_BYTES = 2 << 30


class CachedArticles:
    """Asks the server over HTTP, streaming.

    Args:
        options: `system`: the prompt with all articles; `model`, `llama`, `max_tokens`;
            `ram_cache`: whether the server saves the states of all its prompts.
    """

    def __init__(self, options: Json) -> None:
        self._system: str = options["system"]
        self._max_tokens: int = options["max_tokens"]
        port = free_port()
        self._process = subprocess.Popen(command(options, port), stdout=sys.stderr)  # noqa: S603  # fixed arguments, no shell
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=ASK_S)
        self._wait()
        began = time.monotonic()
        "".join(self._pieces("Hello?"))
        self.facts: Json = {
            "versions": versions("llama-cpp-python"),
            "read_articles_s": round(time.monotonic() - began, 3),
        }

    def ask(self, request: Json, watch: Watch) -> Json:
        """The question after the articles."""
        watch.pieces(self._pieces(request["question"]))
        return watch.report()

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait()

    def _pieces(self, question: str) -> Iterator[str]:
        body = {
            "messages": [
                {"role": "system", "content": self._system},
                {"role": "user", "content": f"Question: {question}"},
            ],
            "max_tokens": self._max_tokens,
            "temperature": 0.0,
            "stream": True,
        }
        with self._client.stream("POST", "/v1/chat/completions", json=body) as reply:
            reply.raise_for_status()
            for line in reply.iter_lines():
                data = line.removeprefix("data: ")
                if data.startswith("{"):
                    yield json.loads(data)["choices"][0]["delta"].get("content") or ""

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                if self._client.get("/v1/models").is_success:
                    return
            except httpx.TransportError:
                time.sleep(POLL_S)
        raise RuntimeError(f"the server did not start (exit status {self._process.poll()})")


def command(options: Json, port: int) -> list[str]:
    """The server's command line; a new question must not break off the one before it.

    The beginning that a prompt shares with the one before it stays read in any case. The cache in
    memory saves the state of the whole context after each reply, which takes longer than it saves
    as long as all prompts begin with the same articles.
    """
    llama = {**options["llama"], "model": options["model"], "host": "127.0.0.1", "port": port}
    llama |= {"cache": options["ram_cache"], "cache_type": "ram", "cache_size": CACHE_BYTES}
    llama |= {"interrupt_requests": False, "verbose": False}
    words = [word for name, value in llama.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "llama_cpp.server", *words]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    serve(CachedArticles)
