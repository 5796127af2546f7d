"""`dateline settings`: which settings are in force, what they mean, and who chose them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from rag.settings import Settings
from rag.sources import Given, Origin

_CREDENTIALS = re.compile(r"://[^/@\s]*@")
"""Name and password in an address."""


def setting_rows(settings: Settings, given: Mapping[str, Given]) -> list[dict[str, Any]]:
    """One row a setting, in the order of their definition; without the passwords of addresses.

    Args:
        settings: Those in force.
        given: What was chosen; the rest are defaults.
    """
    values = settings.model_dump(mode="json")
    rows = []
    for name, field in Settings.model_fields.items():
        one = given.get(name, Given(None, Origin.DEFAULT))
        rows.append(
            {
                "name": name,
                "value": _harmless(values[name]),
                "origin": one.origin.value,
                "place": one.place or None,
                "description": field.description,
            }
        )
    return rows


def as_toml(rows: list[dict[str, Any]]) -> str:
    """The rows as a settings file, which gives the same settings again."""
    return "\n\n".join(_entry(row) for row in rows)


def _harmless(value: object) -> object:
    return _CREDENTIALS.sub("://…@", value) if isinstance(value, str) else value


def _entry(row: Mapping[str, Any]) -> str:
    origin = row["origin"] + (f", {row['place']!r}" if row["place"] else "")
    mark = "# " if row["value"] is None else ""  # TOML has no word for nothing
    value = json.dumps(row["value"], ensure_ascii=False)  # TOML writes these values as JSON does
    return f"# {row['description']} ({origin})\n{mark}{row['name']} = {value}"
