"""A clerk's way through the administration, page by page, and the doors that stay shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from pb.core.counting.profile import BallotKind
from pb.core.counting.registry import RULES
from pb.core.phases import Phase
from pb.cycles import queries, readiness
from pb.cycles.models import Cycle
from pb.cycles.readiness import faults_of
from pb.cycles.words_rules import RULES_SHORT
from pb.db import db
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.cycles.filled import filled
from tests.factories import World, make_cycle, make_staff, make_world

LANGS = ("ka", "en")
SECTIONS = ("participation", "money", "dates", "categories", "checklist", "criteria", "commission", "ballot")
REASON = "წყალდიდობის გამო გზები დაკეტილია"


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    clock.set(2026, 12, 1)
    return make_world(sqlite_app)


@pytest.fixture
def client(world: World) -> Any:
    client = world.app.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    return client


def rules(world: World, year: int = 2027) -> Any:
    cycle = queries.cycle_of(world.town.id, year)
    assert cycle is not None
    return queries.here_of(cycle, world.app.extensions["pb_clock"]()).rules


def submit(client: Any, url: str, expect: int = 302, **changes: Any) -> Any:
    """Open the page, change some fields, send the form as a browser would."""
    data = filled(client.page(url).html)
    for name, value in changes.items():
        data[name] = value
    response = client.send(url, data)
    assert response.status_code == expect, response.text[:3000]
    return response


def begin(client: Any) -> str:
    submit(client, "/terjola/admin/cycles/new", year="2027", pot_tetri="90 000")
    client.page("/terjola/admin/2027/")
    return "/terjola/admin/2027"


def test_from_a_template_to_publication(world: World, client: Any) -> None:
    """Six pages, about as many fields as the council's act has: within 20 minutes for anybody."""
    admin = begin(client)
    assert "problem" not in client.page(f"{admin}/?lang=en").text
    refused = client.send(f"{admin}/publish")
    assert refused.status_code == 422
    assert f"{admin}/participation" in refused.text
    submit(client, f"{admin}/participation", act_number="35", act_date="2026-11-20")
    submit(client, f"{admin}/money", **{"unit_sums.unit-1": "40 000", "unit_sums.unit-2": "20 000"})
    assert "Preview" in client.page("/terjola/2027/?lang=en").text
    response = submit(client, f"{admin}/publish")
    assert response.headers["Location"].endswith("/terjola/2027/")
    client.sign_out()
    assert "40,000 lari" in client.page("/terjola/2027/?lang=en").text
    assert "35" in client.page("/terjola/2027/rulebook?lang=en").text


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_of_the_administration(world: World, client: Any, lang: str) -> None:
    admin = begin(client)
    paths = ["", "publish", *SECTIONS, "criteria/new", "criteria/need", "checklist/new"]
    paths += [f"checklist/{check.id}" for check in rules(world).checklist]
    for path in paths:
        client.page(f"{admin}/{path}?lang={lang}")
    for url in ("/terjola/admin/", "/terjola/admin/cycles/new", "/terjola/2026/acts", "/terjola/2027/acts"):
        client.page(f"{url}?lang={lang}")
    for section in SECTIONS:  # the same once everything is fixed
        client.page(f"/terjola/admin/2026/{section}?lang={lang}")


def test_saving_a_page_as_it_stands_changes_nothing(world: World, client: Any) -> None:
    admin = begin(client)
    submit(client, f"{admin}/participation", act_number="35", act_date="2026-11-20")
    before = rules(world)
    for section in (*SECTIONS, "criteria/need", f"checklist/{before.checklist[0].id}"):
        if section != "checklist":
            submit(client, f"{admin}/{section}")
    assert rules(world) == before


def test_a_wrong_sum_is_named_with_its_difference(world: World, client: Any) -> None:
    admin = begin(client)
    page = submit(client, f"{admin}/money?lang=en", 422, **{"unit_sums.unit-1": "29 000"})
    assert "the difference is 1,000 lari" in page.text
    assert 'value="29 000"' in page.text
    assert rules(world).unit_sums["unit-1"] == 3_000_000


def test_the_pot_is_divided_and_looked_at_before_it_is_saved(world: World, client: Any) -> None:
    admin = begin(client)
    page = submit(client, f"{admin}/money?lang=en", 422, pot_tetri="100 000", equal="1")
    assert "33,334" in page.text or "33,333" in page.text
    assert rules(world).pot_tetri == 9_000_000
    data = filled(page.text)
    assert client.send(f"{admin}/money", data).status_code == 302
    assert sum(rules(world).unit_sums.values()) == 10_000_000


def test_one_pot(world: World, client: Any) -> None:
    admin = begin(client)
    submit(client, f"{admin}/ballot", scope="town")
    submit(client, f"{admin}/money", split="one_pot")
    assert (rules(world).unit_sums, rules(world).town_wide_tetri) == ({}, 9_000_000)


def test_every_section_saves_what_it_shows(world: World, client: Any) -> None:
    admin = begin(client)
    submit(
        client, f"{admin}/participation", act_number="35", act_date="2026-11-20", min_age_idea="16",
        who_may_hand_in=["resident"], max_ideas_per_author="2", supporters_needed="10", channels=["web", "paper"],
        objection_days="7",
    )  # fmt: skip
    submit(
        client, f"{admin}/commission", kind="money_times", n="", times="2,5", per_unit="y", minimum_score="60.5",
        scores_public="named",
    )  # fmt: skip
    submit(
        client, f"{admin}/ballot", min_age_vote="18", kind="knapsack", max_choices="5", min_suggested="1",
        rule="greedy-no-skip", price_per_vote_tetri="100", minimum_votes="20", ties="votes,lot",
        identification=["in_person"],
    )  # fmt: skip
    saved = rules(world)
    assert saved.act_date == date(2026, 11, 20)
    assert (saved.min_age_idea, saved.who_may_hand_in, saved.objection_days) == (16, ("resident",), 7)
    assert (saved.shortlist.money_times_percent, saved.shortlist.minimum_score) == (250, 6050)
    assert (saved.shortlist.per_unit, saved.scores_public) == (True, "named")
    assert (saved.ballot.kind, saved.ballot.max_choices) == ("knapsack", 5)
    assert (saved.counting.rule, saved.counting.ties) == ("greedy-no-skip", ("votes", "lot"))
    assert (saved.counting.price_per_vote_tetri, saved.identification) == (10_000, ("in_person",))


def test_faults_stand_beside_their_fields(world: World, client: Any) -> None:
    admin = begin(client)
    for section, changes, anchor in (
        ("participation", {"min_age_idea": "12"}, "#min_age_idea"),
        ("participation", {"channels": []}, "#channels"),
        ("ballot", {"max_choices": "0"}, "#max_choices"),
        ("ballot", {"price_per_vote_tetri": "much"}, "#price_per_vote_tetri"),
        ("commission", {"kind": "best_n", "n": ""}, "#n"),
        ("money", {"cost_cap_tetri": "1"}, "#cost_cap_tetri"),
        ("dates", {"starts.ideas": ["2027-08-01", "00:00"]}, "#starts.development"),
        ("dates", {"starts.ideas": ["tomorrow", ""]}, "#starts.ideas"),
        ("dates", {"windows.scoring.closes": ["", ""]}, "#windows.scoring"),
    ):
        assert anchor in submit(client, f"{admin}/{section}", 422, **changes).text, (section, changes)


def test_dates_in_tbilisi_with_and_without_a_vote(world: World, client: Any) -> None:
    admin = begin(client)
    submit(client, f"{admin}/dates", **{"starts.ideas": ["03.05.2027", "09:00"], "votes_held": []})
    cycle = queries.cycle_of(world.town.id, 2027)
    assert cycle is not None
    here = queries.here_of(cycle, datetime(2026, 12, 1, tzinfo=UTC))
    assert here.calendar is not None
    assert here.calendar.starts[Phase.IDEAS] == datetime(2027, 5, 3, 5, tzinfo=UTC)
    assert Phase.VOTING not in here.calendar.starts
    assert not here.rules.votes_held
    client.page(f"{admin}/ballot")


def test_categories_are_renamed_added_and_removed(world: World, client: Any) -> None:
    admin = begin(client)
    before = rules(world).categories
    last = len(before)
    changes = {
        "row_0_ka": "ბილიკები", "row_0_en": "Paths", "row_1_ka": "", "row_1_en": "",
        f"row_{last}_ka": "წყაროები", f"row_{last}_en": "Springs",
    }  # fmt: skip
    submit(client, f"{admin}/categories", **changes)
    after = rules(world).categories
    assert after[0].id == before[0].id
    assert after[0].name == {"ka": "ბილიკები", "en": "Paths"}
    assert [c.id for c in after[1:]] == [*(c.id for c in before[2:]), "springs"]
    submit(client, f"{admin}/categories", 422, row_0_en="")


def test_criteria_weights_words_order(world: World, client: Any) -> None:
    admin = begin(client)
    page = submit(client, f"{admin}/criteria", 422, **{"rubric.criteria.0.weight_bp": "12,5"})
    assert "12,5" in page.text
    submit(
        client, f"{admin}/criteria",
        **{"rubric.criteria.0.weight_bp": "12,5", "rubric.criteria.1.weight_bp": "37.5",
           "rubric.criteria.0.minimum_mean_hundredths": "2,25"},
    )  # fmt: skip
    first = rules(world).rubric.criteria[0]
    assert (first.weight_bp, first.minimum_mean_hundredths) == (1250, 225)
    submit(client, f"{admin}/criteria/{first.id}", name_en="Real need", level_3_ka="სამი")
    changed = rules(world).rubric.criteria[0]
    assert (changed.name["en"], changed.levels[3]["ka"], changed.weight_bp) == ("Real need", "სამი", 1250)
    second = rules(world).rubric.criteria[1].id
    assert client.send(f"{admin}/criteria/{second}/up").status_code == 302
    assert rules(world).rubric.criteria[0].id == second
    assert client.send(f"{admin}/criteria/{second}/remove").status_code == 302
    words = {f"level_{n}_{lang}": f"{n}" for n in range(6) for lang in LANGS}
    submit(
        client, f"{admin}/criteria/new", name_ka="სილამაზე", name_en="Beauty", question_ka="?", question_en="?",
        **words,
    )  # fmt: skip
    assert rules(world).rubric.criteria[-1].id == "beauty"
    assert client.get(f"{admin}/criteria/nothing").status_code == 404
    assert client.send(f"{admin}/publish").status_code == 422  # the weights have to be set anew


def test_checks_are_added_and_removed(world: World, client: Any) -> None:
    admin = begin(client)
    fields = {f"{part}_{lang}": f"{part}-{lang}" for part in ("text", "failing", "ground") for lang in LANGS}
    submit(client, f"{admin}/checklist/new", 422, **{**fields, "ground_ka": ""})
    submit(client, f"{admin}/checklist/new", **fields)
    check = rules(world).checklist[-1]
    assert (check.failing["en"], check.correctable) == ("failing-en", False)
    assert client.send(f"{admin}/checklist/{check.id}/remove").status_code == 302
    assert check not in rules(world).checklist


def test_another_windows_change_is_not_overwritten(world: World, client: Any) -> None:
    admin = begin(client)
    old = filled(client.page(f"{admin}/participation").html)
    submit(client, f"{admin}/participation", max_ideas_per_author="7")
    response = client.send(f"{admin}/participation", {**old, "max_ideas_per_author": "1"})
    assert response.status_code == 422
    assert rules(world).max_ideas_per_author == 7


def test_frozen_rules_are_refused_with_the_reason(world: World, client: Any, clock: FrozenClock) -> None:
    clock.set(2026, 5, 20)
    page = client.page("/terjola/admin/2026/participation?lang=en")
    assert "can no longer change" in page.text
    data = {**filled(page.html), "max_ideas_per_author": "9", "note": "A reason that is long enough"}
    assert client.send("/terjola/admin/2026/participation", data).status_code == 409
    clock.set(2026, 3, 1)
    submit(client, "/terjola/admin/2026/participation", 422, max_ideas_per_author="9")
    submit(
        client, "/terjola/admin/2026/participation", max_ideas_per_author="9", note="The council asked for it"
    )
    assert rules(world, 2026).max_ideas_per_author == 9


def test_acts_through_the_pages(world: World, client: Any, clock: FrozenClock) -> None:
    clock.set(2026, 5, 20)
    url = "/terjola/2026/acts"
    second = make_staff(world.town, Role.ADMINISTRATOR, name="მეორე ნიმუშაძე")
    second_id, first_id = second.id, world.staff[Role.ADMINISTRATOR].id
    act = {"kind": "extend", "phase": "ideas", "until": ["2026-07-06", "18:00"]}
    submit(client, url, 422, **act, reason="short")
    submit(client, url, 422, **{**act, "until": ["", ""]}, reason=REASON)
    submit(client, url, **act, reason=REASON)
    pending = queries.pending_act(world.cycle.id)
    assert pending is not None
    act_id = pending.id
    for lang in LANGS:
        assert REASON in client.page(f"{url}?lang={lang}").text
        assert "/approve" not in client.page(f"{url}?lang={lang}").html
    assert client.send(f"{url}/{act_id}/approve").status_code == 403
    client.sign_in_as(second_id)
    assert client.send(f"{url}/{act_id}/withdraw").status_code == 403
    assert client.send(f"/terjola/2027/acts/{act_id}/approve").status_code == 404
    assert client.send(f"{url}/{act_id}/approve").status_code == 302
    assert client.send(f"{url}/{act_id}/approve").status_code == 409
    client.sign_out()
    calendar = client.page("/terjola/2026/calendar?lang=en")
    assert REASON in calendar.text
    assert "until Monday 6 July 2026, 18:00" in calendar.text
    client.sign_in_as(first_id)
    for kind in ("pause", "resume", "halt"):
        submit(client, url, kind=kind, reason=REASON)
        act_id += 1
        client.sign_in_as(second_id)
        verdict = "reject" if kind == "halt" else "approve"
        assert client.send(f"{url}/{act_id}/{verdict}").status_code == 302
        client.sign_in_as(first_id)
        client.page(url)  # shows what was flashed, in the language of the acts
    for lang in LANGS:
        client.page(f"{url}?lang={lang}")


def test_only_the_towns_administrators_enter(world: World, client: Any) -> None:
    begin(client)
    other = make_world(world.app, "khoni")
    make_cycle(other.town, 2027, published=False)
    insiders = [world.staff[role].id for role in Role if role is not Role.ADMINISTRATOR]
    outsiders = [other.staff[Role.ADMINISTRATOR].id, world.citizen.id]
    gets = ["admin/", "admin/cycles/new", *(f"admin/2027/{s}" for s in SECTIONS), "admin/2027/", "2026/acts"]
    posts = ["admin/2027/publish", "admin/2027/criteria/need/remove", "admin/2027/criteria/need/up"]
    for ids, statuses in ((insiders, {403}), (outsiders, {403, 404}), ([None], {302, 403, 404})):
        for account_id in ids:
            client.sign_out()
            if account_id:
                client.sign_in_as(account_id)
            for path in gets:
                assert client.get(f"/terjola/{path}").status_code in statuses, path
            for path in posts:
                assert client.send(f"/terjola/{path}").status_code in statuses, path
    cycle = queries.cycle_of(world.town.id, 2027)
    assert cycle is not None
    assert cycle.published_at is None
    assert db.session.get(Cycle, cycle.id) is not None


def test_an_administrator_of_one_town_is_nobody_in_another(world: World, client: Any) -> None:
    other = make_world(world.app, "khoni")
    make_cycle(other.town, 2027, published=False)
    for path in ("2027/", "2027/rulebook", "admin/2027/", "admin/2027/money"):
        assert client.get(f"/khoni/{path}").status_code == 404
    assert client.get("/khoni/admin/").status_code == 403
    assert client.get("/khoni/2026/acts").status_code == 403
    assert client.send("/khoni/2026/acts", {"kind": "pause", "reason": REASON}).status_code == 403
    foreign = other.cycle.id
    page = client.page("/terjola/admin/cycles/new")
    assert f'value="{foreign}"' not in page.html
    data = {**filled(page.html), "year": "2031", "like": str(foreign)}
    assert client.send("/terjola/admin/cycles/new", data).status_code == 422


def test_every_rule_of_the_engine_is_offered_and_no_other(world: World, client: Any) -> None:
    page = client.page(f"{begin(client)}/ballot")
    for rule in RULES:
        assert f'name="rule" type="radio" value="{rule}"' in page.html
    here = queries.here_of(queries.cycle_of(world.town.id, 2027), world.app.extensions["pb_clock"]())
    assert "rule_not_countable" not in {fault.problem.code for fault in faults_of(here)}
    uncountable = replace(here.rules, counting=replace(here.rules.counting, rule="no-such-rule"))
    faults = {fault.problem.code: fault.section for fault in faults_of(replace(here, rulebook=uncountable))}
    assert faults["rule_not_countable"] == "ballot"


def test_a_rule_without_meaning_for_the_ballots_is_refused(
    world: World, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(client)
    here = queries.here_of(queries.cycle_of(world.town.id, 2027), world.app.extensions["pb_clock"]())
    narrow = replace(RULES["greedy"], kinds=frozenset({BallotKind.ORDINAL}))
    monkeypatch.setattr(readiness, "RULES", {**RULES, "greedy": narrow})
    book = replace(here.rules, counting=replace(here.rules.counting, rule="greedy"))
    faults = {fault.problem.code: fault.section for fault in faults_of(replace(here, rulebook=book))}
    assert faults["undefined_pair"] == "ballot"


@pytest.mark.parametrize(("lang", "words"), [("en", "46 % of the voters"), ("ka", "46 % დატოვა")])
def test_a_single_choice_with_equal_shares_is_advised_against(
    world: World, client: Any, lang: str, words: str
) -> None:
    admin = begin(client)
    page = client.page(f"{admin}/ballot?lang={lang}")
    assert words not in page.text
    data = {**filled(page.html), "rule": "equal-shares", "max_choices": "1", "min_suggested": "1"}
    assert client.send(f"{admin}/ballot", data).status_code == 302
    for address in (f"{admin}/ballot", f"{admin}/"):
        assert words in client.page(f"{address}?lang={lang}").text


def test_the_details_of_a_rule_are_asked_for_and_kept(world: World, client: Any) -> None:
    admin = begin(client)
    page = client.page(f"{admin}/ballot?lang=en")
    data = {
        **filled(page.html), "rule": "equal-shares", "utility": "cardinality", "completion": "comparison",
        "step_tetri": "2.50", "price_per_vote_tetri": "120",
    }  # fmt: skip
    assert client.send(f"{admin}/ballot", data).status_code == 302
    counting = queries.cycle_of(world.town.id, 2027)
    assert counting is not None
    rules = queries.here_of(counting, world.app.extensions["pb_clock"]()).rules.counting
    assert (rules.rule, rules.utility, rules.completion) == ("equal-shares", "cardinality", "comparison")
    assert (rules.step_tetri, rules.price_per_vote_tetri) == (250, 12_000)


@pytest.mark.parametrize("lang", LANGS)
def test_a_town_sees_what_rules_would_do_before_it_chooses(world: World, client: Any, lang: str) -> None:
    admin = begin(client)
    assert f"{admin}/trial-count" in client.page(f"{admin}/ballot").links
    page = client.page(f"{admin}/trial-count?lang={lang}&voters=200&draw=3")
    assert ("invented" if lang == "en" else "გამოგონილი") in page.text
    assert page.text == client.page(f"{admin}/trial-count?lang={lang}&voters=200&draw=3").text
    assert page.text != client.page(f"{admin}/trial-count?lang={lang}&voters=200&draw=4").text
    with force_locale(lang):
        for rule in RULES_SHORT.values():
            assert str(rule) in page.text
    for wild in ("voters=-1&draw=x", "voters=99999999999&draw=0", "voters=٣"):
        assert client.get(f"{admin}/trial-count?{wild}").status_code == 200
    client.sign_out()
    assert client.get(f"{admin}/trial-count").status_code == 404  # nothing of an unpublished contest is there
    client.sign_in_as(world.staff[Role.OBSERVER].id)
    assert client.get(f"{admin}/trial-count").status_code == 403
