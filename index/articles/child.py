"""The process that reads the files of strangers; see `index.articles.apart`, which starts it.

It is told the files' bytes and answers with articles; no name is ever opened.

    in     [[name, size], …] as one line of JSON, then the files' bytes
    out    one line a file: {"articles": […]}; the last may be {"code": …, "message": …} instead
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from index.articles.formats import read_article_bytes
from index.articles.text import MAX_ARTICLE_BYTES
from index.errors import ArticleError, ArticleTooLarge

NICE = 10  # questions come first


def main() -> None:
    """Read what standard input holds. Arguments: megabytes of memory, seconds of computing."""
    memory_mb, seconds = (int(value) for value in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # also when the parent has gone
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
    with suppress(MemoryError):  # the line that is missing tells it
        for reply in replies(sys.stdin.buffer):
            sys.stdout.buffer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
            sys.stdout.buffer.flush()


def replies(stream: BinaryIO) -> Iterator[dict[str, object]]:
    """What is answered, a file at a time."""
    chars = 0
    for name, size in json.loads(stream.readline()):
        try:
            articles = read_article_bytes(name, stream.read(size))
            chars += sum(len(article.text) for article in articles)
            if chars > MAX_ARTICLE_BYTES:
                raise ArticleTooLarge(f"{name}: over {MAX_ARTICLE_BYTES:,} characters together")
        except ArticleError as error:
            message = str(error).encode(errors="backslashreplace").decode()
            yield {"code": error.code, "message": message}
            return
        yield {"articles": [article.to_json() for article in articles]}


if __name__ == "__main__":
    main()
