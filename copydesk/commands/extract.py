"""``copydesk extract FILE|URL``: what the extractor makes of one page, block by block."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from config.settings import Settings
from copydesk.options import settings_of
from crawler.errors import UnreadableInputError
from workers.records import Article, Block, BlockKind, DroppedBlock, Extraction

_MAX_BYTES = 50_000_000
_NO_PAGE = {
    "feed": "a feed",
    "json_feed": "a feed",
    "image": "an image",
    "binary": "no text",
    "warc": "a WARC file",
}
_READ_BY_INGEST = {"feed", "json_feed", "warc", "gzip", "jsonl", "json"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def extract(
        context: typer.Context,
        source: Annotated[
            str, typer.Argument(help="A file (HTML or plain text) or a URL.", show_default=False)
        ],
        explain: Annotated[bool, typer.Option(help="Also show what was dropped, and why.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        url: Annotated[
            str, typer.Option(help="Where a file came from; dates and links are read from it.")
        ] = "",
    ) -> None:
        """Show the story on a page: title, people, dates and text, without the rest of the page.

        Example: copydesk extract saved.html --explain
        """
        found = (
            _fetched(source, settings_of(context), explain=explain)
            if _is_url(source)
            else _read(Path(source), url, explain=explain)
        )
        if as_json:
            typer.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
        else:
            _show(found, explain=explain)


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _read(path: Path, url: str, *, explain: bool) -> Extraction:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UnreadableInputError(f"{path}: larger than {_MAX_BYTES // 1_000_000} MB")
        body = path.read_bytes()
    except OSError as error:
        raise UnreadableInputError(f"{path}: {error.strerror or error}") from error
    return _extract(
        body, url or path.resolve().as_uri(), "text/plain" if path.suffix == ".txt" else "", explain=explain
    )


def _fetched(url: str, settings: Settings, *, explain: bool) -> Extraction:
    from crawler.content import inflate
    from crawler.errors import FetchError
    from crawler.fetcher import fetch_one

    try:
        page = asyncio.run(fetch_one(url, settings.fetch))
        body = inflate(
            page.body, page.content_encoding, max_bytes=int(settings.fetch.max_body_mb * 1_000_000)
        )
    except FetchError as error:
        raise UnreadableInputError(str(error)) from None
    return _extract(body, page.final_url, page.headers.get("content-type", ""), explain=explain)


def _extract(body: bytes, url: str, content_type: str, *, explain: bool) -> Extraction:
    from crawler.content import PAGE_KINDS, decode_text, sniff
    from workers.extract.page import extract_page
    from workers.extract.plain import extract_text

    if (kind := sniff(body, content_type, url)) not in PAGE_KINDS:
        raise UnreadableInputError(
            f"{url}: {_NO_PAGE.get(kind, kind.value)}, not a page"
            + ("; `copydesk ingest` reads what is in it" if kind in _READ_BY_INGEST else "")
        )
    head = body[:2000].lstrip().lower()
    if content_type.startswith("text/plain") or b"<" not in head:
        return extract_text(decode_text(body, content_type)[0], url=url, explain=explain)
    return extract_page(body, url=url, content_type=content_type, explain=explain)


def _show(found: Extraction, *, explain: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    console.print(Text.assemble((found.kind.value, "bold cyan"), f"  ({found.reason})"))
    article = found.article
    if article is None:
        return
    console.print(Text(article.title or "no title", style="bold"))
    for name, value in _fields(article):
        console.print(Text.assemble((f"{name}: ", "dim"), value))
    for item in found.items:
        console.print(
            Text.assemble((f"item {item.url.rpartition('-')[2]}: ", "dim"), item.title or _start(item))
        )
    for entry in _in_order(article.blocks, found.dropped if explain else ()):
        console.print()
        if isinstance(entry, DroppedBlock):
            console.print(Text(f"- [{entry.reason}] {entry.text[:300]}", style="red"))
        else:
            style = (
                "bold"
                if entry.kind is BlockKind.HEADING
                else "italic"
                if entry.kind is BlockKind.CAPTION
                else ""
            )
            label = f"+ [{entry.kind}] " if explain else ""
            console.print(Text.assemble((label, "green"), (entry.text, style)))


def _start(article: Article) -> str:
    return article.blocks[0].text[:80] if article.blocks else ""


def _fields(article: Article) -> list[tuple[str, str]]:
    rules = dict(article.provenance)
    values = {
        "authors": ", ".join(article.authors),
        "published": article.published_at.isoformat() if article.published_at else "",
        "modified": article.modified_at.isoformat() if article.modified_at else "",
        "language": article.language or "",
        "site": article.site or "",
        "section": article.section or "",
        "tags": ", ".join(article.tags),
        "canonical": article.declared_canonical or "",
    }
    sources = {"published": "published_at", "modified": "modified_at"}
    shown = ((name, value, rules.get(sources.get(name, name))) for name, value in values.items() if value)
    return [(name, f"{value}  [{rule}]" if rule else value) for name, value, rule in shown]


def _in_order(kept: tuple[Block, ...], dropped: tuple[DroppedBlock, ...]) -> list[Block | DroppedBlock]:
    entries: list[Block | DroppedBlock] = []
    waiting = list(dropped)
    for index, block in enumerate(kept):
        while waiting and waiting[0].order <= index:
            entries.append(waiting.pop(0))
        entries.append(block)
    return entries + waiting


def _as_json(found: Extraction) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "reason": found.reason,
        "article": _article_json(found.article) if found.article else None,
        "items": [_article_json(item) for item in found.items],
        "links": [{"url": link.url, "text": link.text} for link in found.links],
        "feeds": list(found.feeds),
        "noindex": found.noindex,
        "dropped": [{"text": d.text, "reason": d.reason, "order": d.order} for d in found.dropped],
    }


def _article_json(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "language": article.language,
        "site": article.site,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "declared_canonical": article.declared_canonical,
        "amp_url": article.amp_url,
        "next_url": article.next_url,
        "provenance": dict(article.provenance),
        "blocks": [{"kind": b.kind, "level": b.level, "text": b.text} for b in article.blocks],
    }
