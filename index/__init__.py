"""The offline half: articles in, one immutable checksummed index generation out."""
