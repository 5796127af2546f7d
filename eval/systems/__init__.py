"""Who is measured: ours, and the baselines beside it, all through one interface."""

from eval.systems.bench import Bench
from eval.systems.registry import SYSTEMS, System, build_system

__all__ = ["SYSTEMS", "Bench", "System", "build_system"]
