"""What an article is, once it has been read."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One news article.

    Attributes:
        id: Unique in a corpus: the file's stem, or the record's own id.
        text: Canonical text. For a text file it is the file's decoded text, unchanged, so an
            offset into it (in Unicode code points) is an offset into the file.
        title: The article's title, or its opening words where it has none.
        outlet: Who published it; None when the file does not say.
        published: The date it bears; None when the file does not say.
        url: Where it was published; None when the file does not say.
    """

    id: str
    text: str
    title: str
    outlet: str | None = None
    published: date | None = None
    url: str | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) over every field: equal hash, equal article."""
        fields = [self.id, self.text, self.title, self.outlet, str(self.published), self.url]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()

    def to_json(self) -> str:
        """One line of JSON, without its end, that `from_json` reads."""
        published = self.published.isoformat() if self.published else None
        fields = [self.id, self.text, self.title, self.outlet, published, self.url]
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Article":
        """Read what `to_json` wrote."""
        article_id, text, title, outlet, published, url = json.loads(line)
        day = date.fromisoformat(published) if published else None
        return cls(article_id, text, title, outlet, day, url)
