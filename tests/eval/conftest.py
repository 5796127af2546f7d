"""Fixtures of this room."""

from pathlib import Path

import pytest

from eval.cases import Split
from eval.suites.protocol import Choice
from eval.suites.seeds import SeedSuite
from rag.settings import Settings
from tests.eval.bench import MakeTrial, Trial


@pytest.fixture
def suite(settings: Settings) -> SeedSuite:
    """Six questions of the dev split."""
    return SeedSuite(Choice(settings.data_dir, settings.seeds_dir, Split.DEV, 6))


@pytest.fixture
def trial(settings: Settings, tmp_path: Path) -> MakeTrial:
    """Runs by name, each in a folder of its own."""
    return lambda name: Trial(settings, tmp_path / name)
