"""The parts of a benchmark run, each of which can be run alone."""
