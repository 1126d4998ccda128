"""Letters: a code that stands on paper alone, good for one person and one vote, made by nobody who sees cards."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db, metadata
from pb.policy import Role
from pb.voting import letters
from pb.voting.commands_box import close_box
from pb.voting.letters import Letter, batches_of, make_letters, prove_letter, void_letter
from pb.voting.models_alarms import Sighting
from pb.voting.models_board import BoardEntry
from pb.voting.models_letters import LetterBatch, LetterCode
from pb.web import pdf
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote, number

HEAD = "personal_number,name,address"


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


def clerks_file(*numbers: str, head: str = HEAD) -> io.BytesIO:
    rows = [f"{n},მარიამ სანიმუშო,სოფელი ზოვრეთი" for n in numbers]
    return io.BytesIO("\n".join([head, *rows]).encode())


def make(
    vote: Vote, clock: FrozenClock, *numbers: str, **changes: object
) -> tuple[letters.Made, list[Letter]]:
    printed: list[Letter] = []

    def print_(_number: int, batch: list[Letter]) -> bytes:
        printed.extend(batch)
        return b"paper"

    values = {
        "cycle_id": vote.cycle_id, "source": clerks_file(*numbers), "print_": print_, "actor": vote.admin,
        "now": clock(), **changes,
    }  # fmt: skip
    return make_letters(**values), printed  # type: ignore[arg-type]


def prove(vote: Vote, clock: FrozenClock, who: str, code: str):  # type: ignore[no-untyped-def]
    return prove_letter(cycle_id=vote.cycle_id, number=who, code=code, now=clock())


def test_a_letter_opens_the_ballot_of_its_person(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    made, printed = make(vote, clock, number(3), "99999999999", "123", number(4), number(3))
    assert (made.number, made.size, made.paper) == (1, 2, b"paper")
    assert made.left_out == [(3, "letter_not_on_roll"), (4, "roll_bad_number"), (6, "roll_duplicate")]
    one, two = printed
    assert (one.serial, one.name, one.address) == ("1-0001", "მარიამ სანიმუშო", "სოფელი ზოვრეთი")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", one.code)
    voter = prove(vote, clock, number(3), one.code.lower().replace("-", " "))
    assert voter == vote.voters()[2]
    assert prove(vote, clock, number(3), one.code) == voter  # an interrupted vote goes on
    assert [s.way for s in db.session.scalars(select(Sighting))] == ["letter"]
    for who, code in ((number(4), one.code), (number(3), two.code), ("99999999999", one.code)):
        with pytest.raises(Invalid, match="letter_code_wrong"):
            prove(vote, clock, who, code)
    with pytest.raises(Invalid, match="bad_letter_code"):
        prove(vote, clock, number(3), one.code[:-1])
    vote.cast(voter, vote.projects[:1])
    with pytest.raises(Closed, match="already_voted"):
        vote.cast(prove(vote, clock, number(3), one.code), vote.projects[1:2])


def test_no_code_no_name_and_no_person_is_stored(vote: Vote, clock: FrozenClock) -> None:
    _, printed = make(vote, clock, number(3))
    secret = (printed[0].code, printed[0].code.replace("-", ""), "მარიამ", "ზოვრეთი", number(3))
    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            assert not any(word in str(row) for word in secret), table
    columns = {column.name for column in metadata.tables["letter_code"].columns}
    assert columns == {"batch_id", "place", "cycle_id", "code_hash", "state", "reason"}


def test_a_batch_stands_in_the_log_and_on_the_board(vote: Vote, clock: FrozenClock) -> None:
    make(vote, clock, number(3))
    make(vote, clock, number(4), number(5))
    batches = [line.batch for line in batches_of(vote.cycle_id)]
    assert [(b.number, b.size) for b in batches] == [(2, 2), (1, 1)]
    said = db.session.scalars(select(Event).where(Event.kind == "LettersMade").order_by(Event.id)).all()
    assert [(e.is_public, e.data["batch"], e.data["size"]) for e in said] == [(True, 1, 1), (True, 2, 2)]
    entries = db.session.scalars(select(BoardEntry).where(BoardEntry.kind == "letters_made")).all()
    assert len(entries) == 2
    assert batches[0].fingerprint in entries[1].content


def test_what_is_spoilt_is_void_and_made_anew(vote: Vote, clock: FrozenClock) -> None:
    _, printed = make(vote, clock, number(3))
    void = {"cycle_id": vote.cycle_id, "actor": vote.admin, "now": clock()}
    for serial, reason, code in (
        ("1-0001", "short", "reason_short"), ("x", "the post brought it back", "bad_serial"),
        ("7-0001", "the post brought it back", "no_letter"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            void_letter(serial=serial, reason=reason, **void)  # type: ignore[arg-type]
    for _ in range(2):
        void_letter(serial=printed[0].serial, reason="the post brought it back", **void)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="letter_code_wrong"):
        prove(vote, clock, number(3), printed[0].code)
    _, again = make(vote, clock, number(3))
    assert prove(vote, clock, number(3), again[0].code)
    assert [line.voided for line in batches_of(vote.cycle_id)] == [0, 1]
    assert len(db.session.scalars(select(Event).where(Event.kind == "LetterVoided")).all()) == 1


def test_who_makes_letters_sees_no_cards(vote: Vote, clock: FrozenClock) -> None:
    for role in (Role.OPERATOR, Role.OFFICER, Role.OBSERVER):
        with pytest.raises(Refused, match="not_allowed"):
            make(vote, clock, number(3), actor=vote.world.actor(role))
    both = factories.make_staff(vote.world.town, Role.ADMINISTRATOR, Role.OPERATOR)
    with pytest.raises(Refused, match="operator_makes_letters"):
        make(vote, clock, number(3), actor=actor_by_id(both.id))
    with pytest.raises(Invalid, match="letters_none"):
        make(vote, clock, "99999999999")
    with pytest.raises(Invalid, match="roll_columns"):
        make(vote, clock, source=clerks_file(number(3), head="personal_number,name,town"))
    assert db.session.scalars(select(LetterBatch)).all() == []


def test_a_paper_that_fails_leaves_no_code(vote: Vote, clock: FrozenClock) -> None:
    def broken(_number: int, _batch: list[Letter]) -> bytes:
        raise OSError("no ink")

    with pytest.raises(OSError, match="no ink"):
        make(vote, clock, number(3), print_=broken)
    assert db.session.scalars(select(LetterCode)).all() == []


def test_a_batch_has_its_limit(vote: Vote, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST", 2)
    with pytest.raises(Invalid, match="letters_many"):
        make(vote, clock, number(1), number(2), number(3))


def test_the_close_erases_all_codes(vote: Vote, clock: FrozenClock) -> None:
    make(vote, clock, number(3))
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert db.session.scalars(select(LetterCode)).all() == []
    assert len(batches_of(vote.cycle_id)) == 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_from_the_clerks_file_to_the_ballot(vote: Vote, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)  # the page itself can be read
    url, clerk = vote.world.url, vote.world.app.test_client()
    clerk.sign_in_as(vote.admin.account_id)  # type: ignore[attr-defined]
    assert isinstance(clerk, CheckedClient)
    clerk.page(f"{url}/letters?lang={lang}")
    bad = clerk.send(f"{url}/letters", {"file": (clerks_file("1"), "a.csv"), "size": "a4"},
                     content_type="multipart/form-data")  # fmt: skip
    assert bad.status_code == 422
    paper = clerk.send(f"{url}/letters", {"file": (clerks_file(number(3)), "a.csv"), "size": "a5"},
                       content_type="multipart/form-data")  # fmt: skip
    assert paper.headers["Cache-Control"] == "no-store"
    html = paper.get_data(as_text=True)
    code = re.search(r'class="box big code">([^<]+)<', html)
    assert code
    assert code[1] not in re.sub(
        r'class="box big code">[^<]+<', "", html
    )  # nowhere else: not in the square's address
    voter: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    voter.page(f"{url}/vote?lang={lang}")
    voter.page(f"{url}/vote/letter")
    answers = [
        voter.send(f"{url}/vote/letter", {"number": who, "code": "AAAA-AAAA-AAAA-AAAA"})
        for who in (number(3), "99999999999")
    ]
    pages = [re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers]
    assert answers[0].status_code == 422
    assert pages[0] == pages[1]
    assert voter.send(f"{url}/vote/letter", {"number": number(3), "code": code[1]}).location.endswith(
        "/vote/ballot"
    )
    assert voter.get(f"{url}/vote/ballot").status_code == 200
    clerk.send(f"{url}/letters/void", {"serial": "1-0001", "reason": "დაიხა ფოსტაში, დაბრუნდა"})
    clerk.page(f"{url}/letters")
    clerk.page(f"{url}/log")


@pytest.mark.slow
def test_a_batch_as_pdf(vote: Vote, clock: FrozenClock) -> None:
    if not pdf.available():
        pytest.skip("no Pango here")
    clerk = vote.world.app.test_client()
    clerk.sign_in_as(vote.admin.account_id)  # type: ignore[attr-defined]
    paper = clerk.send(  # type: ignore[attr-defined]
        f"{vote.world.url}/letters", {"file": (clerks_file(number(3), number(4)), "a.csv"), "size": "a4"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert paper.data.startswith(b"%PDF")
