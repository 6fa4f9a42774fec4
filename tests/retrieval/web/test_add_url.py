"""Pages and feeds of a loopback server become files of articles; what goes wrong is one clear line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from retrieval.reading.corpus import Corpus
from retrieval.web import public_download
from retrieval.web.add_file import add_file
from retrieval.web.add_url import add_feed, add_url
from retrieval.web.public_download import DownloadFailed, download

STORY = "The council of Lorn voted on Monday to repair the old tram depot. " * 3


def page(title: str, published: str = "2024-05-09") -> str:
    """A web page with an article, a heading and a menu."""
    return f"""<!doctype html><html lang="en"><head><title>{title}</title>
    <meta property="og:site_name" content="Lorn Herald"><meta name="author" content="Ida Brask">
    <meta property="article:published_time" content="{published}T10:00:00+00:00"></head>
    <body><nav><a href="/">Home</a></nav><article><h1>{title}</h1><p>{STORY}</p>
    <h2>Costs</h2><p>It will cost 12 million crowns. {STORY}</p></article></body></html>"""


def feed(host: str, count: int) -> str:
    """A feed whose odd entries have no text, and whose last page does not exist."""
    entries = "".join(
        f"<item><title>Story {number}</title>"
        f"<link>{host}/{'gone' if number == count else f'story-{number}'}</link>"
        f"<description>{STORY if number % 2 == 0 else ''}</description></item>"
        for number in range(1, count + 1)
    )
    channel = f"<channel><title>Lorn Herald</title>{entries}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """The URL of a loopback server."""

    async def answer(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name.startswith("story"):
            return web.Response(text=page(name.title()), content_type="text/html")
        if name == "feed":
            return web.Response(text=feed(f"http://{request.host}", 10), content_type="application/rss+xml")
        if name == "large":
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            for _ in range(50):
                await response.write(b"x" * 1_000_000)
            return response
        if name == "hang":
            await asyncio.sleep(30)
        if name == "to-private":
            raise web.HTTPFound(f"http://127.0.0.2:{request.url.port}/story")
        if name == "loop":
            raise web.HTTPFound("/loop")
        if name == "zip":
            return web.Response(body=b"PK", content_type="application/zip")
        if name == "latin":
            body = page("Caf\u00e9").encode("latin-1")
            return web.Response(body=body, headers={"Content-Type": "text/html; charset=latin-1"})
        raise web.HTTPNotFound

    application = web.Application()
    application.router.add_get("/{name}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_page_becomes_a_markdown_article(server: str, tmp_path: Path) -> None:
    """With its metadata and headings, without its menu; the same URL again replaces the file."""
    for _ in range(2):
        added = await add_url(f"{server}/story", tmp_path, allow_private=True)
        assert not added.failed
    corpus = Corpus([tmp_path])
    (file,) = corpus.scan().files
    (article,) = corpus.read(file)
    info = article.info
    assert (info.title, info.publisher, info.author) == ("Story", "Lorn Herald", "Ida Brask")
    assert info.published == "2024-05-09T10:00:00+00:00"
    assert info.url == f"{server}/story"
    assert "It will cost 12 million crowns." in article.body
    assert "Home" not in article.body
    assert [article.text[heading.start : heading.end] for heading in article.headings] == ["Costs"]


async def test_the_charset_of_the_server_applies(server: str, tmp_path: Path) -> None:
    """Although the page declares none."""
    (path,) = (await add_url(f"{server}/latin", tmp_path, allow_private=True)).paths
    assert "title: Caf\u00e9\n" in path.read_text(encoding="utf-8")


async def test_a_feed_adds_its_new_articles(server: str, tmp_path: Path) -> None:
    """From their pages, else from the feed's own text; a second time there is nothing new."""
    added = await add_feed(f"{server}/feed", tmp_path, allow_private=True)
    assert (len(added.paths), added.failed) == (10, ())
    again = await add_feed(f"{server}/feed", tmp_path, allow_private=True)
    assert (again.paths, again.failed) == ((), ())
    assert len((await add_url(f"{server}/feed", tmp_path / "b", allow_private=True)).paths) == 10


async def test_a_feed_is_not_followed_beyond_a_limit(server: str, tmp_path: Path) -> None:
    """At most one more download of each of the four that run at the same time."""
    added = await add_url(f"{server}/feed", tmp_path, allow_private=True, max_bytes=100)
    assert 1 <= len(added.paths) <= 4
    assert len(added.paths) + len(added.failed) == 10
    assert "the articles before it in the feed are too large." in str(added.failed[-1])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("large", "it is larger than 20 MB."),
        ("loop", "more than 5 redirects."),
        ("zip", "It is a file of the type application/zip, not a web page: download it, then add the file."),
        ("missing", "the server answered 404 Not Found."),
    ],
)
async def test_failures_are_one_line(server: str, tmp_path: Path, name: str, reason: str) -> None:
    """Nothing is saved."""
    added = await add_url(f"{server}/{name}", tmp_path, allow_private=True)
    assert [*map(str, added.failed)] == [f"{server}/{name}: {reason}"]
    assert not added.paths
    assert Corpus([tmp_path]).scan().files == ()


async def test_a_server_that_hangs_is_given_up(server: str) -> None:
    """After the timeout."""
    with pytest.raises(DownloadFailed, match="did not answer in time"):
        await download(f"{server}/hang", allow_private=True, max_seconds=0.3)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.1.1"])
async def test_private_addresses_are_not_reached(host: str) -> None:
    """As literals, and as names that resolve to them."""
    with pytest.raises(DownloadFailed, match="is a private address, which is not allowed"):
        await download(f"http://{host}:9/")


async def test_a_redirect_to_a_private_address_is_not_followed(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server itself counts as public here."""
    monkeypatch.setattr(public_download, "is_public", lambda address: address == "127.0.0.1")
    assert (await download(f"{server}/story")).data
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.2 is a private address"):
        await download(f"{server}/to-private")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "http://[::1", "http://127.0.0.1:1/"])
async def test_what_is_not_a_page_is_one_line(url: str, tmp_path: Path) -> None:
    """Other schemes, broken URLs, servers that are down."""
    added = await add_url(url, tmp_path, allow_private=True)
    assert len(added.failed) == 1
    assert str(added.failed[0]).startswith(f"{url}: ")
    assert "\n" not in str(added.failed[0])


def test_a_file_is_copied_under_its_name(tmp_path: Path) -> None:
    """One of the same name with other content stays; a file that cannot be read is not copied."""
    (tmp_path / "a").mkdir()
    source = tmp_path / "a" / "tram.txt"
    target = tmp_path / "corpus"
    for text in (STORY, "Another story about the harbour. " * 5, STORY):
        source.write_text(text)
        assert not add_file(source, target).failed
    assert sorted(path.name for path in target.iterdir()) == ["tram-2.txt", "tram.txt"]
    (tmp_path / "x.exe").write_bytes(b"MZ")
    for name in ("a", "missing.txt", "x.exe"):
        [failure] = add_file(tmp_path / name, target).failed
        assert failure.text.count(str(tmp_path / name)) == 1
    assert len(list(target.iterdir())) == 2
