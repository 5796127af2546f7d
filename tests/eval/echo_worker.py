"""A worker of the benchmark that loads nothing: it repeats questions, or does as they say."""

import os

from eval.bench.wire import Json, Watch, serve


class Echo:
    """Repeats."""

    def __init__(self, options: Json) -> None:
        if options.get("broken"):
            raise ValueError("no such model\nand more")
        self.facts: Json = {"options": options}

    def ask(self, request: Json, watch: Watch) -> Json:
        if request["question"] == "die":
            os._exit(3)
        if request["question"] == "fail":
            raise RuntimeError("it failed")
        print("libraries print this")  # noqa: T201  # it must not enter the protocol
        watch.pieces(request["question"].split(" "))
        return watch.report(refused=False)

    def close(self) -> None:
        pass


if __name__ == "__main__":
    serve(Echo)
