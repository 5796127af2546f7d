"""What `dateline settings` prints."""

import tomllib
from pathlib import Path

from rag.cli.effective import as_toml, setting_rows
from rag.settings import Settings
from rag.sources import Given, Origin


def test_a_password_in_an_address_is_not_shown() -> None:
    given = {"package_index": Given("https://me:secret@example.org/simple", Origin.FLAG)}
    rows = setting_rows(Settings(package_index=given["package_index"].value), given)
    (row,) = [row for row in rows if row["name"] == "package_index"]
    assert (row["value"], row["origin"]) == ("https://…@example.org/simple", "flag")


def test_names_that_are_hard_to_write_are_read_as_they_were(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / 'a "b"\n\tc\\d é', model="x = 1 # y\x7f\u2028")
    given = {"model": Given("", Origin.FILE, "/tmp/a\nport = 1")}  # noqa: S108  # no file at all
    found = tomllib.loads(as_toml(setting_rows(settings, given)).replace("\x7f", "\\u007f"))
    assert found == settings.model_dump(mode="json", exclude_none=True)


def test_a_setting_of_nothing_is_a_comment() -> None:
    row = {"name": "x", "value": None, "origin": "default", "place": None, "description": "y"}
    assert as_toml([row]) == "# y (default)\n# x = null"
