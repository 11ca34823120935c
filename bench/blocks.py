"""Replaces the measured part of a page. The text around it stays."""

from pathlib import Path


def put(page: Path, name: str, body: str) -> None:
    """Put a text between the page's `<!-- name -->` and `<!-- /name -->`.

    Raises:
        ValueError: the page does not have these two markers.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page.name} has no place for {name}")
    page.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")
