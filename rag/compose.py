"""The only place that names concrete classes: settings in, working parts out."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from index.embed import Embedder, SentenceTransformerEmbedder, processor_has_bf16
from index.generation import Reader
from index.models import Catalogue, ModelEntry, file_sha256, locate, verify
from index.store import Store
from rag.dialogue import Dialogue
from rag.engine import EngineOptions, ProcessEngine
from rag.errors import ModelHashMismatch, ModelMissing, UnknownModel
from rag.hostile import addresses_machine
from rag.pipeline import Limits, Pipeline
from rag.prompt import Layout, PromptTemplate
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.verify import Verifier

MEGABYTE = 1 << 20


def store_of(settings: Settings) -> Store:
    """The generations of these settings' data folder."""
    return Store(settings.index_dir)


def model_file(settings: Settings) -> Path:
    """The GGUF that answers: a path is taken as it is, a name is looked up in the cache.

    Raises:
        UnknownModel, ModelMissing.
    """
    entry = _catalogued(settings.model)
    if entry is not None:
        return locate(entry, settings.cache_dir)
    path = Path(settings.model).expanduser().resolve()
    if not path.is_file():
        raise ModelMissing(f"there is no model file {path}")
    return path


def _catalogued(model: str) -> ModelEntry | None:
    """The answering model of a name; None for a path."""
    path = Path(model)
    if path.suffix == ".gguf" or len(path.parts) > 1:
        return None
    entry = Catalogue.load().get(model)
    if entry.role != "answer":
        raise UnknownModel(f"{entry.name} is an embedding model; it cannot answer")
    return entry


def embedder_of(settings: Settings) -> Embedder:
    """The embedding model, loaded.

    Raises:
        UnknownModel, ModelMissing, ModelHashMismatch.
    """
    entry = Catalogue.load().get(settings.embedder)
    if entry.role != "embed":
        raise UnknownModel(f"{entry.name} is not an embedding model")
    folder = locate(entry, settings.cache_dir)
    verify(entry, settings.cache_dir)
    return SentenceTransformerEmbedder(folder, entry.name, bf16=processor_has_bf16())


def engine_of(settings: Settings) -> ProcessEngine:
    """The language model in its process, and the digest of the very file that it reads.

    Raises:
        UnknownModel, ModelMissing, ModelHashMismatch, EngineStartFailed.
    """
    path = model_file(settings)
    digest = file_sha256(path)
    entry = _catalogued(settings.model)
    if entry is not None and digest != entry.files[0].sha256:
        raise ModelHashMismatch(f"{path} has SHA-256 {digest}, expected {entry.files[0].sha256}")
    return ProcessEngine(
        EngineOptions(
            path=path,
            model_sha256=digest,
            states_dir=settings.cache_dir / "states",
            context_tokens=settings.context_tokens,
            threads=settings.threads,
            at_once=settings.questions_at_once,
            memory_bytes=settings.passages_memory_mb * MEGABYTE,
            disk_bytes=settings.passages_disk_mb * MEGABYTE,
            guesses=settings.prompt_lookup,
            timeout_s=settings.engine_timeout_s,
        )
    )


def pipeline_of(
    settings: Settings, say: Callable[[str], None], store: Store | None = None
) -> Pipeline:
    """Everything, ready to answer. The two models load at the same time.

    Args:
        settings: Which models, which index, which limits.
        say: Told what takes long.
        store: Another index than the settings'.

    Raises:
        DatelineError: Whatever is missing.
    """
    reader = Reader(store or store_of(settings))
    reader.current()
    template = PromptTemplate(settings.prompts_dir / "answer.txt")
    standalone = PromptTemplate(settings.prompts_dir / "standalone.txt")
    model_file(settings)  # one that is missing is named before anything is loaded
    say(f"loading {settings.model} and {settings.embedder}")
    with ThreadPoolExecutor(1) as pool:
        embedder = pool.submit(embedder_of, settings)
        engine = engine_of(settings)
        try:
            say("reading the instructions (up to a minute the first time, then kept)")
            template.pin(engine, threading.Event())
            retriever = Retriever(embedder.result(), is_hostile=addresses_machine)
        except BaseException:
            engine.close()
            raise
    return Pipeline(
        reader=reader,
        dialogue=Dialogue(engine, standalone, settings.history_turns, settings.question_chars),
        retriever=retriever,
        template=template,
        layout=Layout(settings.join_passages),
        engine=engine,
        verifier=Verifier(settings.support_at_least),
        limits=_limits_of(settings),
        version=version("dateline"),
    )


def _limits_of(settings: Settings) -> Limits:
    return Limits(
        evidence_sentences=settings.evidence_sentences,
        evidence_tokens=settings.evidence_tokens,
        answer_tokens=settings.answer_tokens,
        refuse_below=settings.refuse_below,
    )
