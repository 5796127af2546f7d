"""Measuring: questions with known answers, run through the pipeline that users call."""
