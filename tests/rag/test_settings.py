"""Settings come from the environment or the caller, and say which one does not fit."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rag.errors import SettingsError
from rag.settings import PROJECT, Settings, load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATELINE_CONFIG", raising=False)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DATELINE_{name.upper()}", raising=False)


def test_the_defaults_are_the_projects_own_folders() -> None:
    settings = load_settings()
    assert settings.index_dir == PROJECT / "data" / "index"
    assert settings.seeds_dir == PROJECT / "seeds"
    assert settings.prompts_dir == PROJECT / "prompts"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.model == "qwen2.5-coder-1.5b"


def test_the_environment_is_read_when_asked_not_at_import(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATELINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATELINE_PORT", "0")
    monkeypatch.setenv("DATELINE_REFUSE_BELOW", "0.25")
    settings = load_settings()
    assert settings.index_dir == tmp_path / "index"
    assert (settings.port, settings.refuse_below) == (0, 0.25)


def test_what_is_given_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PORT", "1234")
    assert load_settings(port=4321).port == 4321
    assert load_settings(port=None).port == 1234


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="there is no setting 'portt'; did you mean port"):
        load_settings(portt=1)


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ({"port": 65_536}, "port"),
        ({"port": -1}, "port"),
        ({"port": "eighty"}, "port"),
        ({"context_tokens": 511}, "context_tokens"),
        ({"refuse_below": 1.01}, "refuse_below"),
        ({"support_at_least": -0.01}, "support_at_least"),
        ({"question_chars": 0}, "question_chars"),
        ({"engine_timeout_s": 0}, "engine_timeout_s"),
        ({"threads": -1}, "threads"),
        ({"questions_at_once": 0}, "questions_at_once"),
        ({"questions_waiting": -1}, "questions_waiting"),
        ({"answers_kept": -1}, "answers_kept"),
    ],
)
def test_a_value_that_does_not_fit_names_its_setting(chosen: dict[str, Any], name: str) -> None:
    with pytest.raises(SettingsError, match=f"setting '{name}': Input should be"):
        load_settings(**chosen)


def test_so_does_a_value_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ANSWER_TOKENS", "many")
    with pytest.raises(SettingsError, match=r"setting 'answer_tokens': .*valid integer"):
        load_settings()


def test_a_value_says_where_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dateline.toml").write_text('port = "eighty"', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"setting 'port': .* given by dateline\.toml"):
        load_settings()
    monkeypatch.setenv("DATELINE_PORT", "ninety")
    with pytest.raises(SettingsError, match=r"setting 'port': .* given by DATELINE_PORT"):
        load_settings()
    with pytest.raises(SettingsError, match=r"setting 'port': [^;]*$"):
        load_settings(port="hundred")


def test_every_setting_says_what_it_is() -> None:
    texts = [field.description for field in Settings.model_fields.values()]
    assert [text for text in texts if not text or text.endswith(".")] == []
    assert len(set(texts)) == len(texts)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]  # that is what is shown
