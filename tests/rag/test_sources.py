"""Where settings are given: who takes precedence, and what is no setting."""

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError
from rag.sources import Given, Origin, gather


class Kitchen(BaseSettings):
    """Settings of a kitchen."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", extra="forbid")

    pans: int = 3
    dishes: tuple[str, ...] = ()
    larder: Path | None = None


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "PANS", "DISHES", "LARDER"):
        monkeypatch.delenv(f"DATELINE_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "dateline.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_is_given_if_nobody_chose() -> None:
    assert gather(Kitchen, None, (), {"pans": None}) == {}


def test_flags_come_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written("pans = 4")
    assert gather(Kitchen, None, (), {}) == {"pans": Given(4, Origin.FILE, "dateline.toml")}
    monkeypatch.setenv("DATELINE_PANS", "5")
    assert gather(Kitchen, None, (), {}) == {
        "pans": Given("5", Origin.ENVIRONMENT, "DATELINE_PANS")
    }
    assert gather(Kitchen, None, ["pans=6"], {}) == {"pans": Given("6", Origin.FLAG)}
    assert gather(Kitchen, None, (), {"pans": 7}) == {"pans": Given(7, Origin.FLAG)}


def test_a_file_that_is_named_replaces_that_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    written("pans = 4")
    mine, other = written("dishes = ['soup']", "mine.toml"), written("pans = 8", "other.toml")
    monkeypatch.setenv("DATELINE_CONFIG", str(other))
    assert gather(Kitchen, None, (), {})["pans"] == Given(8, Origin.FILE, "other.toml")
    assert list(gather(Kitchen, mine, (), {})) == ["dishes"]


def test_a_folder_in_a_file_is_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    file = written('larder = "cellar"', "etc/dateline.toml")
    assert gather(Kitchen, file, (), {})["larder"].value == tmp_path / "etc" / "cellar"
    file = written('larder = "/cellar"', "etc/dateline.toml")
    assert gather(Kitchen, file, (), {})["larder"].value == Path("/cellar")


@pytest.mark.parametrize("source", ["environment", "assigned", "file"])
def test_a_list_is_written_as_json_and_is_the_same_from_everywhere(
    monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    text, assigned = '["soup", "stew"]', []
    if source == "environment":
        monkeypatch.setenv("DATELINE_DISHES", text)
    elif source == "assigned":
        assigned = [f"dishes={text}"]
    else:
        written(f"dishes = {text}")
    assert gather(Kitchen, None, assigned, {})["dishes"].value == ["soup", "stew"]


def test_a_value_may_hold_an_equals_sign() -> None:
    assert gather(Kitchen, None, ["larder=a=b"], {})["larder"].value == "a=b"


@pytest.mark.parametrize(
    ("assigned", "message"),
    [
        (["pan=1"], "there is no setting 'pan'; did you mean pans"),
        (["=1"], "there is no setting ''"),
        (["pans"], "--set 'pans': write it as name=value"),
        (["pans=1", "pans=2"], "setting 'pans' is given twice"),
        (["dishes=soup"], "setting 'dishes': 'soup' is not JSON"),
    ],
)
def test_a_flag_that_does_not_fit(assigned: list[str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        gather(Kitchen, None, assigned, {})


def test_a_flag_and_the_same_assigned_contradict() -> None:
    with pytest.raises(SettingsError, match="setting 'pans' is given twice"):
        gather(Kitchen, None, ["pans=1"], {"pans": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"pnas = 1", r"mine\.toml: there is no setting 'pnas'; did you mean pans"),
        (b"[kitchen]\npans = 1", r"mine\.toml: there is no setting 'kitchen'$"),
        (b"pans = ", r"mine\.toml cannot be read as TOML: Invalid value"),
        (b"pans = 1\npans = 2", r"mine\.toml cannot be read as TOML: .*overwrite"),
        (b"# caf\xe9", r"mine\.toml cannot be read as TOML: .*utf-8"),
    ],
)
def test_a_file_that_does_not_fit(text: bytes, message: str) -> None:
    Path("mine.toml").write_bytes(text)
    with pytest.raises(SettingsError, match=message):
        gather(Kitchen, Path("mine.toml"), (), {})


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"there is no settings file gone\.toml"):
        gather(Kitchen, Path("gone.toml"), (), {})
    monkeypatch.setenv("DATELINE_CONFIG", ".")
    with pytest.raises(SettingsError, match=r"^\. cannot be read as TOML: Is a directory"):
        gather(Kitchen, None, (), {})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("DATELINE_PNAS", "has DATELINE_PNAS, but there is no such setting; did you mean .*_PANS"),
        ("dateline_pnas", "has dateline_pnas, but there is no such setting; did you mean .*_PANS"),
        ("DATELINE_CONFIGS", "did you mean DATELINE_CONFIG"),
        ("DATELINE_XYZZY", "has DATELINE_XYZZY, but there is no such setting$"),
    ],
)
def test_a_variable_that_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    """A typing error in a variable's name was not noticed, and the default stayed in force."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=message):
        gather(Kitchen, None, (), {})


def test_a_variable_that_is_not_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_DISHES", "soup")
    with pytest.raises(SettingsError, match='"dishes"'):
        gather(Kitchen, None, (), {})
