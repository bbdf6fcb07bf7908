"""What holds for every page: who may come, headers, both languages, addresses of files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.ui.pages import PATHS, registered
from tests.web.ui.bench import Bench, bench
from web.serving.bounds import LARGEST_PAGE_BODY
from web.ui.blueprint import PAGES, POLICY
from web.ui.rendering import coded
from web.ui.viewer import Right
from web.ui.wording import FOLDER, TEXTS

TEMPLATES = Path(__file__).parents[3] / "web/ui/templates"
SCOPES = {
    Right.READ_RULES: "rules",
    Right.TRY: "decisions",
    Right.ANALYSE: "analyst",
}
GUARDED = [each for each in PAGES if each.right is not None and "GET" in each.methods]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("pages")) as made:
        registered(made, days=8)
        yield made


class Outline(HTMLParser):
    """What a page holds that matters here."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        stated = dict(attrs)
        self.tags.append(tag)
        self.ids.extend([stated["id"] or ""] if "id" in stated else [])
        self.language = stated.get("lang") or "" if tag == "html" else self.language
        if "style" in stated or any(name.startswith("on") for name in stated):
            self.faults.append(f"<{tag}> has a style or a script of its own")
        if tag == "style" or (tag == "script" and not stated.get("src")):
            self.faults.append(f"<{tag}> in the page")
        for name in ("src", "href", "action"):
            address = stated.get(name) or ""
            if name != "href" and address and not address.startswith("/"):
                self.faults.append(f"<{tag}> loads {address}")


def outline(text: str) -> Outline:
    read = Outline()
    read.feed(text)
    return read


def address(path: str) -> str:
    concrete = re.sub(r"<uuid:\w+>", "7667387a-62cf-44e3-b963-1bc269ad1a0a", path)
    return re.sub(r"<\w+>", "type-allowed-for-contact-group", concrete)


@pytest.mark.parametrize("page", GUARDED, ids=lambda page: page.name)
def test_a_page_is_for_those_with_its_right_alone(place: Bench, page: object) -> None:
    path, right = address(page.path), page.right  # type: ignore[attr-defined]  # a Page
    assert 303 == place.app.test_client().get(path).status_code
    others = [scope for each, scope in SCOPES.items() if each is not right]
    stranger = place.visitor(place.token(scopes=[*others, "interviews:read"]))
    assert 403 == stranger.get(path).status_code
    friend = place.visitor(place.token(scopes=[SCOPES[right]]))
    assert 403 != friend.get(path).status_code


@pytest.mark.parametrize("organisation_type", ["job_centre", "municipality"])
def test_no_scope_makes_an_analyst_of_others_than_agencies_and_systems(
    place: Bench, organisation_type: str
) -> None:
    token = place.token(organisation_type, "101", scopes=["analyst", "rules"])
    visitor = place.visitor(token)
    assert 403 == visitor.get("/afgoerelser").status_code
    assert "slog til" not in visitor.get("/regler").text


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_a_page_is_whole_in_both_languages_and_loads_nothing_from_elsewhere(
    place: Bench, path: str, language: str
) -> None:
    visitor = place.visitor()
    visitor.get(f"/visning?language={language}")
    answer = visitor.get(path)
    if path == "/ret":
        assert answer.status_code in {200, 404}  # the files are changed with --edit alone
        return
    assert 200 == answer.status_code
    read = outline(answer.text)
    assert [] == read.faults
    assert language == read.language == answer.headers["Content-Language"]
    assert 1 == read.tags.count("h1") == read.tags.count("main")
    assert sorted(set(read.ids)) == sorted(read.ids)
    assert POLICY == answer.headers["Content-Security-Policy"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert "same-origin" == answer.headers["Referrer-Policy"]
    assert len(gzip.compress(answer.data)) < 60_000 and len(answer.data) < 200_000


def test_a_text_is_danish_unless_english_was_chosen(place: Bench) -> None:
    client = place.app.test_client()
    assert "Hvad siger reglerne?" in client.get("/", headers={"Accept-Language": "en"}).text
    client.get("/visning?language=en")
    assert "What do the rules say?" in client.get("/").text


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    for key, text in TEXTS.items():
        assert text.da.strip() and text.en.strip(), key
        places = [set(re.findall(r"\{(\w+)", each)) for each in (text.da, text.en)]
        assert places[0] == places[1], key


def test_no_text_was_cut_at_a_comma() -> None:
    for file in FOLDER.glob("*.yaml"):
        for area, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for key, entry in entries.items():
                assert {"da", "en"} == entry.keys(), f"{area}.{key}"


def test_every_text_that_a_template_names_is_there() -> None:
    for file in TEMPLATES.glob("*.html"):
        for key in re.findall(r"""\bt\(["']([\w.]+)["'](?=[,)])""", file.read_text("utf-8")):
            assert key in TEXTS, f"{file.name}: {key}"


def test_no_page_takes_more_than_the_server_lets_in() -> None:
    assert LARGEST_PAGE_BODY >= max(each.largest for each in PAGES) > 0


def test_files_have_a_year_under_an_address_that_says_what_is_in_them(place: Bench) -> None:
    client = place.app.test_client()
    page = client.get("/").text
    (style,) = re.findall(r'href="(/static/[0-9a-f]{16}/workbench\.css)"', page)
    answer = client.get(style, headers={"Accept-Encoding": "gzip"})
    assert "public, max-age=31536000, immutable" == answer.headers["Cache-Control"]
    assert b"--accent" in gzip.decompress(answer.data)
    assert 404 == client.get("/static/0000000000000000/workbench.css").status_code
    assert 404 == client.get("/static/0000000000000000/../login.py").status_code


def test_a_page_is_packed_for_those_who_can_unpack_it(place: Bench) -> None:
    visitor = place.visitor()
    whole = visitor.get("/regler")
    packed = visitor.get("/regler", **{"Accept-Encoding": "gzip"})
    assert "gzip" == packed.headers["Content-Encoding"]
    assert "Content-Encoding" not in whole.headers
    assert b"</html>" in gzip.decompress(packed.data)


@pytest.mark.parametrize(
    "path", ["/regler/no-such-rule", "/afgoerelser/7667387a-62cf-44e3-b963-1bc269ad1a0a"]
)
def test_what_is_not_there_is_said_on_a_page(place: Bench, path: str) -> None:
    answer = place.visitor().get(path)
    assert 404 == answer.status_code
    assert "Siden findes ikke" in answer.text
    assert POLICY == answer.headers["Content-Security-Policy"]


_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nowhere", "/regel/9125", "/regler/a/b"])
def test_a_browser_is_shown_a_page_where_there_is_none(place: Bench, path: str) -> None:
    client = place.app.test_client()
    answer = client.get(path, headers=_BROWSER)
    assert (404, "text/html") == (answer.status_code, answer.mimetype)
    assert "Siden findes ikke" in answer.text
    assert POLICY == answer.headers["Content-Security-Policy"]
    client.set_cookie("samtale-session", place.token())
    assert "/afgoerelser" in client.get(path, headers=_BROWSER).text


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/nowhere", {}), ("/nowhere", {"Accept": "application/json"}), ("/v1/nowhere", _BROWSER)],
)
def test_a_program_is_answered_with_a_problem_where_there_is_nothing(
    place: Bench, path: str, headers: dict[str, str]
) -> None:
    answer = place.app.test_client().get(path, headers=headers)
    assert (404, "application/problem+json") == (answer.status_code, answer.mimetype)


def test_who_is_logged_in_is_said_in_the_language_of_the_page(place: Bench) -> None:
    visitor = place.visitor()
    assert "Statslig myndighed star" in visitor.get("/").text
    visitor.get("/visning?language=en")
    assert "State agency star" in visitor.get("/").text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("kør `samtale test`", "kør <code>samtale test</code>"),
        ("`<b>` & `x`", "<code>&lt;b&gt;</code> &amp; <code>x</code>"),
        ("et ` alene <i>", "et ` alene &lt;i&gt;"),
        ("", ""),
    ],
)
def test_words_in_backticks_stand_as_code_and_nothing_runs(text: str, shown: str) -> None:
    assert shown == coded(text)


def test_the_interface_answers_as_before(place: Bench) -> None:
    client = place.app.test_client()
    assert "application/problem+json" == client.get("/v1/rules").mimetype
    client.set_cookie("samtale-session", place.token())
    assert 401 == client.get("/v1/rules").status_code
    assert 200 == client.get("/docs").status_code
    assert 200 == client.get("/healthz").status_code
