"""Point 6. Two worlds with the same voters and other choices look the same to everybody before the opening."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from pb import clock as the_clock
from pb.db import db, metadata
from pb.policy import Role
from pb.site.worker import run_once
from pb.voting import passes
from pb.voting.commands_box import _destroy, close_box
from pb.voting.commands_void import decide_case, open_case
from pb.voting.identify import Voter
from pb.voting.models import BoxBallot, InboxBallot
from pb.voting.models_ceremony import BoxAct
from tests.attacks.making import Attacker, address, attacker
from tests.conftest import FrozenClock
from tests.trust.papers import WHY, Desk, make_vote_with_paper, void
from tests.trust.reporting import FULL, Reached
from tests.trust.town import Again
from tests.voting.making import Vote

VOTERS, CAST, PAPERS = 32, 25, 3
#: In the vote; closed, with papers keyed and a vote declared void; and with the link key gone, before the opening.
MOMENTS = ("during", "closed", "destroyed")
#: Headers that follow from nonces; a length is that of the page, which is compared without them.
ALTERNATING = ("Set-Cookie", "ETag", "Content-Length")
#: Everybody in the long form.
LOOKING = (
    {role.value for role in Role} | {"citizen"} if FULL else {Role.ADMINISTRATOR.value, Role.OBSERVER.value}
)
#: Who looks after the close in the short form.
LATER = None if FULL else {Role.ADMINISTRATOR.value}
#: Files of lines are streamed, and compared like pages.
LINES = ("application/jsonl", "application/json")
#: What is random in every world, and of one length in all of them.
NONCES = (
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}-[0-9A-HJKMNP-TV-Z]{2}"), "TRACKINGCODE"),
    (re.compile(r"(<span>[0-9a-f]{8}</span> ?){2,}"), "HEX"),
    (re.compile(r"[0-9a-f]{16,}( ?[0-9a-f]{4,})*"), "HEX"),
    (re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}(\.[A-Za-z0-9_-]+){0,3}"), "BASE64"),
    (re.compile(r'(<path[^>]* d=")[^"]*'), r"\1SQUARES"),
)


def without_nonces(words: str) -> str:
    for pattern, name in NONCES:
        words = pattern.sub(name, words)
    return words


class Kept(logging.Handler):
    """Every line of every log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(without_nonces(f"{record.name} {record.levelname} {record.getMessage()}"))


def addresses(vote: Vote, codes: list[str]) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of everything that can be read: each route with values that exist in both worlds."""
    values: dict[str, list[Any]] = {
        "code": codes, "number": [1, 2, 7, 8], "version": [1], "n": [1], "unit": ["unit-1"], "slug": ["terjola"],
        "what": ["trial", "links", "ballots"], "centre": [1], "case": [1], "act": [1, 2],
        "account": [1], "filename": ["pb.css"], "name": ["pb.css"], "batch": [1], "roll": [1], "step": ["idea"],
    }  # fmt: skip
    for rule in sorted(vote.world.app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in (rule.methods or ()):
            continue
        names = rule.arguments - {"town", "year", "place", "of"} - set(rule.defaults or ())
        for one in combined(rule, names, values):
            yield rule.endpoint, address(rule, "terjola", one)


def combined(_rule: Rule, names: set[str], values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """The n-th value of every name together."""
    length = max((len(values.get(name, [1])) for name in names), default=1)
    for n in range(length):
        yield {name: values.get(name, [1])[n % len(values.get(name, [1]))] for name in names}


def browsers(vote: Vote, voters: list[Voter], people: dict[str, int], moment: str) -> dict[str, Attacker]:
    """One for each role, a citizen, nobody, and voters who have and who have not voted."""
    app = vote.world.app
    found = {name: attacker(app, account) for name, account in people.items()}
    if moment != "during" and LATER is not None:
        return {name: browser for name, browser in found.items() if name in LATER}
    found["nobody"] = attacker(app)
    for name, voter in (("has voted", voters[0]), ("has not voted", voters[-1])):
        found[name] = attacker(app)
        with app.test_request_context("/"):
            response = app.make_response("")
            passes.put_pass(response, vote.cycle_id, "/", voter, the_clock.now())
            cookie, value = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
        db.session.rollback()
        found[name].set_cookie(cookie, value)
    return found


def stored() -> Iterator[str]:
    """Every table: how many rows, and of each column the values, sorted, without nonces; bytes as their length."""
    for table in metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        yield f"table {table.name}: {len(rows)}"
        for n, column in enumerate(table.columns):
            values = sorted(
                f"{len(row[n])} bytes" if isinstance(row[n], bytes) else without_nonces(str(row[n]))
                for row in rows
            )
            yield f"{table.name}.{column.name}: {values}"
    db.session.rollback()


def live(
    vote: Vote, clock: FrozenClock, choose: int, people: dict[str, int], leak: bool = False
) -> tuple[list[str], list[str]]:
    """The vote up to the close; gives all that was seen by anybody, and the lines of the logs."""
    log, seen = Kept(), []
    root = logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        voters, codes = vote.voters(), []
        for n, voter in enumerate(voters[:CAST]):
            chosen = [vote.projects[(n + choose) % 4]] if choose else vote.projects[:3]
            codes.append(vote.cast(voter, chosen).code)
            if leak:
                logging.getLogger("pb.voting").debug("chosen %s", chosen)
            if n == 19:
                run_once(vote.world.app)
        desk = Desk(vote, clock)
        for who in range(PAPERS):
            desk.issue(VOTERS - 1 - who)
        for moment in () if leak else MOMENTS:
            if moment == "closed":
                _close(vote, clock, desk, voters, choose)
            elif moment == "destroyed":
                _drop_case(vote, clock)
                _destroy(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
            if moment != "during":
                run_once(vote.world.app)
            for who, browser in browsers(vote, voters, people, moment).items():
                for endpoint, where in addresses(vote, [codes[0], codes[-1], "0000-0000-0000-0000-00"]):
                    answer = browser.get(where)
                    heads = sorted(f"{k}: {v}" for k, v in answer.headers if k not in ALTERNATING)
                    shown = answer.mimetype.startswith("text") or answer.mimetype in LINES
                    body = answer.get_data() if shown or not answer.is_streamed else ""
                    words = body if isinstance(body, str) else body.decode("utf-8", "backslashreplace")
                    seen.append(
                        without_nonces(f"{moment} {who} {endpoint} {where} {answer.status} {heads} {words}")
                    )
            seen += [f"{moment} {line}" for line in stored()]
    finally:
        root.removeHandler(log)
        root.setLevel(level)
    return seen, log.lines


def _close(vote: Vote, clock: FrozenClock, desk: Desk, voters: list[Voter], choose: int) -> None:
    """Close; key the papers, with other choices in the other world; declare one vote void, open another case."""
    clock.set(2026, 10, 26)
    the_clock.forget()
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    desk.settle(PAPERS, first=choose)
    void(vote, voters[0].slot, clock())
    open_case(cycle_id=vote.cycle_id, slot=voters[1].slot, reason=WHY, actor=vote.admin, now=clock())


def _drop_case(vote: Vote, clock: FrozenClock) -> None:
    """The second person rejects the case that is open: its ballot counts."""
    act = db.session.scalar(select(BoxAct.id).where(BoxAct.kind == "void", BoxAct.outcome.is_(None)))
    assert act is not None
    decide_case(cycle_id=vote.cycle_id, act_id=act, outcome="rejected", actor=vote.second, now=clock())


def begun(app: Flask, clock: FrozenClock, folder: Path) -> tuple[Again, dict[str, int]]:
    """A vote to begin again, and the accounts that look at it."""
    people: dict[str, int] = {}

    def make() -> Vote:
        vote = make_vote_with_paper(app, clock, VOTERS)
        everybody = {role.value: vote.world.staff[role].id for role in Role} | {
            "citizen": vote.world.citizen.id
        }
        people.update({name: account for name, account in everybody.items() if name in LOOKING})
        return vote

    return Again(app, clock, folder, make), people


def test_other_choices_change_nothing(
    sqlite_app: Flask, clock: FrozenClock, tmp_path: Path, reached: Reached
) -> None:
    again, people = begun(sqlite_app, clock, tmp_path)
    lengths: set[int] = set()
    worlds = []
    for choose in (0, 1):
        worlds.append(live(again.begin(), clock, choose, people))
        for model in (InboxBallot, BoxBallot):
            lengths |= set(db.session.scalars(select(func.length(model.sealed))))
        db.session.rollback()
    (seen, log), (other_seen, other_log) = worlds
    reached("pages, exports and tables, as each role sees them", got=len(seen))
    reached("as many in the other world", must=len(seen), got=len(other_seen))
    different = [(one, other) for one, other in zip(seen, other_seen, strict=True) if one != other]
    for pair in different[:5]:
        print(first_difference(*pair))
    reached("of them that differ", must=0, got=len(different))
    # What a process says once (a deprecation) the first world alone hears.
    reached("lines of logs in the one world", got=len(log))
    reached(
        "lines of logs that the other world has and it has not", must=set(), got=set(other_log) - set(log)
    )
    reached("lengths of sealed ballots", must=1, got=len(lengths))


def test_a_leak_shows(sqlite_app: Flask, clock: FrozenClock, tmp_path: Path, reached: Reached) -> None:
    """The comparison can fail: here the log names the choices."""
    again, _people = begun(sqlite_app, clock, tmp_path)
    logs = [live(again.begin(), clock, choose, {}, leak=True)[1] for choose in (0, 1)]
    reached("lines that differ where the log names the choices", must=True, got=logs[0] != logs[1])


def first_difference(one: str, other: str) -> str:
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    near = slice(max(0, place - 200), place + 200)
    return f"{one[:90]}\n…{one[near]}\n{'-' * 20}\n…{other[near]}"
