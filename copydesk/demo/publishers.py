"""The dozen papers of the press: how each looks, what it offers to machines, and how its links are made."""

from dataclasses import dataclass
from enum import StrEnum


class FeedStyle(StrEnum):
    """What a paper's feed holds."""

    RSS_FULL = "rss_full"
    """``content:encoded`` with the whole text and a line that names the paper."""
    RSS_TEASER = "rss_teaser"
    RSS_BARE = "rss_bare"
    """Title and link, no dates."""
    ATOM_FULL = "atom_full"
    ATOM_TEASER = "atom_teaser"


class SitemapStyle(StrEnum):
    """What a paper's sitemap is."""

    INDEX = "index"
    NEWS = "news"
    GZIPPED = "gzipped"


class Seed(StrEnum):
    """What of a paper is given to the crawler."""

    HOME = "home"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One paper; ``template`` is a file in ``templates/`` that draws its pages."""

    slug: str
    name: str
    language: str = "en"
    """Of its menus; the stories are in English everywhere."""
    article_path: str
    """Of a story: ``{slug}``, ``{id}``, ``{section}``, and ``{when}`` with strftime's codes."""
    sections: tuple[tuple[str, str], ...]
    """(label, path) of each section page; the first is technology, the second trade."""
    feed: FeedStyle
    feed_path: str
    sitemap: SitemapStyle = SitemapStyle.INDEX
    seed: Seed = Seed.HOME
    day_format: str | None = None
    """How a story's date is written where only the text has it; None: metadata has it to the minute."""
    curly: bool = False
    """Typographic quotes and dashes."""
    datelines: bool = False
    crawl_delay_s: int | None = None
    gzip: bool = False
    charset: str = "utf-8"
    twins: bool = False
    """Has AMP pages."""
    digests: bool = False
    tracked_links: bool = False
    """Its feed's links carry utm parameters."""

    @property
    def template(self) -> str:
        """The file that draws this paper's pages."""
        return f"{self.slug}.html"


PUBLISHERS = (
    Publisher(
        slug="harborledger", name="The Harbor Ledger", article_path="/{when:%Y/%m/%d}/{slug}/",
        sections=(("Technology", "/category/technology/"), ("Trade", "/category/trade/")),
        feed=FeedStyle.RSS_FULL, feed_path="/feed/", curly=True,
    ),
    Publisher(
        slug="meridianwire", name="Meridian Wire", article_path="/article/{slug}-id{id}",
        sections=(("Technology", "/technology"), ("World Trade", "/world/trade")),
        feed=FeedStyle.RSS_TEASER, feed_path="/rss/top.xml", sitemap=SitemapStyle.NEWS, datelines=True,
        seed=Seed.SITEMAP,
    ),
    Publisher(
        slug="morningwafer", name="The Morning Wafer", article_path="/p/{slug}",
        sections=(("Archive", "/archive"), ("Essays", "/essays")),
        feed=FeedStyle.ATOM_TEASER, feed_path="/atom.xml", digests=True, curly=True,
    ),
    Publisher(
        slug="siliconpost", name="Silicon Post", article_path="/{section}/{id}/{slug}",
        sections=(("Tech", "/tech"), ("Policy", "/policy")),
        feed=FeedStyle.ATOM_TEASER, feed_path="/feeds/latest.atom", twins=True, seed=Seed.FEED,
    ),
    Publisher(
        slug="handelsbote", name="Handelsbote International", language="de",
        article_path="/artikel/{slug}-{id}.html",
        sections=(("Technik", "/ressort/technik"), ("Handel", "/ressort/handel")),
        feed=FeedStyle.RSS_TEASER, feed_path="/rss.xml", charset="windows-1252", curly=True,
    ),
    Publisher(
        slug="techcourant", name="The Tech Courant", article_path="/story.php?id={id}",
        sections=(("Machines", "/index.php?cat=1"), ("Commerce", "/index.php?cat=2")),
        feed=FeedStyle.RSS_BARE, feed_path="/backend.rdf", day_format="%A, %B %-d, %Y",
    ),
    Publisher(
        slug="gaceta", name="La Gaceta del Silicio", language="es",
        article_path="/{when:%Y-%m-%d}/{section}/{slug}.html",
        sections=(("Tecnología", "/tecnologia/"), ("Comercio", "/comercio/")),
        feed=FeedStyle.RSS_FULL, feed_path="/rss/portada.xml", curly=True, seed=Seed.FEED, tracked_links=True,
    ),
    Publisher(
        slug="pacificbrief", name="Pacific Brief", article_path="/news/{slug}",
        sections=(("Chips", "/topic/chips"), ("Ports", "/topic/ports")),
        feed=FeedStyle.ATOM_FULL, feed_path="/index.xml", sitemap=SitemapStyle.NEWS,
    ),
    Publisher(
        slug="tradewatch", name="Tradewatch Daily", article_path="/{section}/{when:%j}-{slug}/",
        sections=(("Industry", "/industry/"), ("Customs", "/customs/")),
        feed=FeedStyle.RSS_TEASER, feed_path="/feed.rss", gzip=True, curly=True, seed=Seed.SITEMAP,
    ),
    Publisher(
        slug="courrier", name="Le Courrier des Puces", language="fr",
        article_path="/{section}/article/{when:%Y/%m/%d}/{slug}_{id}.html",
        sections=(("Technologies", "/technologies/"), ("Échanges", "/echanges/")),
        feed=FeedStyle.RSS_TEASER, feed_path="/rss/une.xml", sitemap=SitemapStyle.GZIPPED, curly=True,
    ),
    Publisher(
        slug="marketline", name="Marketline", article_path="/releases/{id}/en",
        sections=(("Companies", "/companies"), ("Macro", "/macro")),
        feed=FeedStyle.ATOM_TEASER, feed_path="/syndication/atom", datelines=True, tracked_links=True,
    ),
    Publisher(
        slug="valleygazette", name="Valley Gazette", article_path="/local/{slug}-{id}/",
        sections=(("Business", "/business/"), ("Region", "/region/")),
        feed=FeedStyle.RSS_FULL, feed_path="/?feed=rss2", crawl_delay_s=1, curly=True,
    ),
)  # fmt: skip
