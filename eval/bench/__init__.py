"""How fast Dateline is beside what else one could use, all in one run on one machine.

Every system is a process of its own and is asked through one protocol (`wire`), so its memory is
its own and nothing that one has warmed helps another. `python -m eval.bench` runs the sections,
writes `bench.json` and `bench.svg`, and says of each target whether it was reached.
"""
