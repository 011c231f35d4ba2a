"""Two towns side by side: the chain between them, partners and projects of both."""

from __future__ import annotations

from typing import Any

import pytest

from tests.serve.pages.conftest import Site, tree_of


def chain(tree: Any) -> list[str]:
    """The towns of the chain by name."""
    return [str(link.text_content()) for link in tree.xpath("//ol[@class='chain']/li/a[1]")]


def test_the_chain_goes_by_way_of_the_partner_of_both(site: Site) -> None:
    text = site.get("/compare?one=be-tremelo&other=sk-lutina&lang=en").text
    tree = tree_of(text)
    assert chain(tree) == ["Tremelo", "Miasto i Gmina Sieniawa", "Ľutina"]
    assert "2 steps of partnership lie between them." in text
    links = tree.xpath("//ol[@class='chain']/li/a[2]/@href")
    assert links == ["/partnership/be-tremelo--pl-sieniawa", "/partnership/pl-sieniawa--sk-lutina"]
    shared = tree.xpath("//ul[@class='partners']/li/a/@href")
    assert shared == ["/municipality/pl-sieniawa"]
    assert len(tree.xpath("//svg//path[@class='arc']")) == 2


def test_partners_are_one_step_apart(site: Site) -> None:
    text = site.get("/compare?one=pl-sieniawa&other=sk-pecovska-nova-ves&lang=en").text
    assert "1 step of partnership lies between them." in text
    assert "They have no partner in common." in text
    assert tree_of(text).xpath("//h2[.='Projects of both']/following-sibling::ul/li/a")


@pytest.mark.parametrize("typed", ["pecovska+nova+ves", "sk-pecovska-nova-ves"])
def test_a_town_is_known_by_name_or_key(site: Site, typed: str) -> None:
    """Without scripts a reader types a name."""
    tree = tree_of(site.get(f"/compare?one=tremelo&other={typed}").text)
    assert len(chain(tree)) == 3 and chain(tree)[2] == "Pečovská Nová Ves"
    assert tree.xpath("//input[@id='other']/@value") == ["Pečovská Nová Ves"]
    assert tree.xpath("//input[@id='other']/@data-key") == ["sk-pecovska-nova-ves"]


def test_what_cannot_be_compared(site: Site) -> None:
    assert "<h2>" not in site.get("/compare").text
    assert "<h2>" not in site.get("/compare?one=be-tremelo").text
    unknown = site.get("/compare?one=be-tremelo&other=%3Cb%3Exyzzyplugh").text
    assert "“&lt;b&gt;xyzzyplugh”" in unknown and "<b>xyzzy" not in unknown
    same = site.get("/compare?one=be-tremelo&other=tremelo").text
    assert "It is the same town twice." in same and "<svg" not in same


def test_no_chain_leads_between_two_worlds(odd: Site) -> None:
    """The first two towns of which one is twinned and none leads to the other."""
    twins: dict[str, set[str]] = {}
    for row in odd.select(
        "PREFIX tg: <https://w3id.org/twingraph/ns#> SELECT ?a ?b { ?a tg:twinnedWith ?b }"
    ):
        one, other = (row[name].value.rpartition("/")[2] for name in "ab")
        twins.setdefault(one, set()).add(other)
    start = min(twins)
    reached, front = {start}, [start]
    while front:
        front = [b for a in front for b in twins[a] if b not in reached]
        reached |= set(front)
    apart = min(set(twins) - reached)
    assert "No chain of partnerships" in odd.get(f"/compare?one={start}&other={apart}&lang=en").text
