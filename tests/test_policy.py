"""The whole policy, written out by hand from the texts, and tried: who × phase × state × gate, each action.

The table is not derived from the rules: whoever changes a permission changes it twice, and knows it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pb.core.errors import Closed, Refused
from pb.core.phases import Gate, Phase, Status
from pb.policy import NOBODY, RULES, Action, Actor, Role, allowed, authorise

TOWN, OTHER_TOWN = 1, 2

# nobody, citizen, author of the thing; then the roles A O C M S P B T in this order; the installer
PEOPLE = (
    "nobody", "citizen", "author", "administrator", "officer", "chair", "member", "secretary", "operator",
    "observer", "mentor", "installer",
)  # fmt: skip
# Preparation Ideas Development Review Voting reSults iMplementation
PHASES = dict(zip("PIDRVSM", Phase, strict=True))

# action           who            phases gate             states
#                  nca AOCMSPBT I
TABLE = """
use_account        .xx xxxxxxxx x  any  -                -
open_town          ... ........ x  any  -                -
manage_town        ... x....... .  any  -                -
manage_staff       ... x....... x  any  -                -
see_board          ... xxxxxxxx .  any  -                -
see_messages       ... xx...... .  any  -                -
retry_messages     ... xx...... .  any  -                -
edit_messages      ... x....... .  any  -                -
send_bulk          ... x....... .  any  -                -
export_tables      ... xx...... .  any  -                -
export_people      ... x....... .  any  -                -
import_ideas       ... x....... .  I    -                -
create_cycle       ... x....... .  any  -                -
edit_cycle         ... x....... .  any  -                -
preview_cycle      ... xxxxxxxx .  any  -                -
publish_cycle      ... x....... .  any  -                -
propose_act        ... x....... .  any  -                -
approve_act        ... x....... .  any  -                -
hand_in_idea       .xx xxxxxxxx x  I    -                -
edit_idea          ..x ........ .  I    -                draft,submitted,returned
answer_return      ..x ........ .  ID   -                returned
withdraw_idea      ..x ........ .  ID   -                draft,submitted,in_check,returned,eligible
see_own            ..x ........ .  any  -                -
assist_idea        ... .....x.. .  I    -                -
manage_authors     ..x ........ .  ID   -                draft,submitted,in_check,returned,eligible
confirm_authorship .xx xxxxxxxx x  ID   -                draft,submitted,in_check,returned,eligible
join_ideas         ..x .x...... .  ID   -                submitted,in_check,returned,eligible
answer_joining     ..x ........ .  ID   -                -
assist_joining     ... .....x.. .  ID   -                -
split_idea         ..x ........ .  ID   -                -
talk               .xx xxxxxxxx x  IDRVSM -               -
follow             .xx xxxxxxxx x  any  -                -
support_idea       .x. xxxxxxxx x  ID   -                submitted,in_check,returned,eligible,invited
answer_as_staff    ... xx...... .  IDRVSM -               -
moderate           ... xx...... .  any  -                -
manage_words       ... x....... .  any  -                -
see_queue          ... xx....x. .  any  -                -
check_idea         ... .x...... .  ID   -                submitted,in_check
open_check         ... .x...... .  any  -                -
see_contact        ... .x...... .  any  -                -
invite_project     ... .x...... .  ID   -                eligible
develop_project    ..x ........ .  D    -                invited,developing,handed_in
withdraw_project   ..x ........ .  ID   -                invited,developing,handed_in
return_project     ... .x...... .  D    -                handed_in
read_project_draft ..x xx...... .  any  -                -
give_opinion       ... .x...... .  ID   -                submitted,in_check,returned,eligible
manage_training    ... x...x... .  PIDR -                -
sign_up_training   .xx xxxxxxxx x  PIDR -                -
assist_training    ... .....x.. .  PIDR -                -
take_attendance    ... x...x..x .  any  -                -
take_quiz          .xx xxxxxxxx x  any  -                -
assign_mentor      ... x...x... .  D    -                invited,developing,handed_in
see_mentors        ... x...x..x .  any  -                -
read_as_mentor     ... .......x .  any  -                -
mentor_project     ... .......x .  D    -                invited,developing,handed_in
ask_mentor         ..x ........ .  D    -                invited,developing,handed_in
assess_own         ..x ........ .  D    -                invited,developing,handed_in
make_cost_card     ... .x...... .  R    -                handed_in,frozen
answer_cost        ..x ........ .  R    -                handed_in,frozen
object             ..x ........ .  any  -                -
assist_objection   ... .....x.. .  any  -                -
read_objection     ..x xx...... .  any  -                -
see_objections     ... xx...... .  any  -                -
examine_objection  ... xx...... .  any  -                filed
read_letter        ..x ........ .  any  -                -
appoint_commission ... x....... .  any  -                -
call_substitute    ... ..x..... .  R    -                -
arrange_calibration ... ..x.x... .  DR   -                -
calibrate          ... ..xx.... .  DR   -                -
see_commission     ... ..xxx... .  any  -                -
declare_conflict   ... ..xx.... .  R    -                -
challenge_member   .xx xxxxxxxx x  R    -                -
decide_challenge   ... ..x..... .  R    ballot_locked    -
score_project      ... ..xx.... .  R    -                frozen
accept_gap         ... ..x..... .  R    ballot_locked    -
extend_scoring     ... ..x..... .  R    -                -
draw_members       ... ..x.x... .  R    -                -
draw_lot           ... ..x.x... .  R    ballot_locked    -
open_scores        ... ..x..... .  R    ballot_locked    -
see_ranking        ... ..xxx... .  any  -                -
see_session        ... ..xxx... .  any  -                -
run_session        ... ..x.x... .  R    ballot_locked    -
preside_session    ... ..x..... .  R    ballot_locked    -
hand_in_second_sheet ... ..xx.... .  R    ballot_locked    frozen
state_opinion      ... ..xx.... .  R    ballot_locked    -
keep_minutes       ... ..x.x... .  any  -                -
decide_project     ... ..x..... .  RS   ballot_locked    -
publish_decisions  ... ..x..... .  R    ballot_locked    -
confirm_list       ... ..x..... .  RS   ballot_locked    -
see_roll           ... x.....x. .  any  -                -
import_roll        ... x....... .  PIDR roll_approved    -
approve_roll       ... x....... .  PIDR roll_approved    -
appoint_custodian  ... x....... .  PIDR trial_opened     -
hand_in_key        xxx xxxxxxxx x  PIDR trial_opened     -
claim_roll         .xx xxxxxxxx x  PIDR roll_approved    -
see_claims         ... xx...... .  any  -                -
read_claim         ... .x...... .  any  -                -
decide_claim       ... .x...... .  PIDR roll_approved    -
erase_roll         ... x....... .  any  -                -
open_trial         ... x....... .  PIDR trial_opened     -
register_witness   ... x....... .  any  -                -
explain_code       ... x....... .  any  -                -
void_ballot        ... x....... .  S    result_published -
vote               xxx xxxxxxxx x  V    -                -
ask_own_vote       xxx xxxxxxxx x  VS   result_published -
help_in_person     ... .....x.. .  V    -                -
bind_phone         ... .....x.. .  PIDRV -               -
make_letters       ... x....... .  RV   -                -
see_alarms         ... x.....x. .  any  -                -
lift_pause         ... x....... .  VS   result_published -
close_box          ... x....... .  S    result_published -
manage_paper       ... x....... .  RV   trial_opened     -
see_paper          ... xx...xx. .  any  -                -
key_paper          ... xx...x.. .  S    result_published -
count              ... x....... .  S    result_published -
see_count          ... x....... .  any  -                -
publish_result     ... x....... .  S    result_published -
read_ballots       ... ......x. .  any  -                -
record_delivery    ... xx...... .  SM   -                -
"""

# An author is never an official on the own thing, whatever the role (domain.md, "Who may do what").
NEVER_ON_ONES_OWN = {
    "return_project",
    "read_claim", "decide_claim",
    "check_idea", "open_check", "see_contact", "invite_project", "declare_conflict", "score_project",
    "decide_project", "give_opinion", "make_cost_card", "assign_mentor", "read_as_mentor",
    "mentor_project", "support_idea", "answer_as_staff", "moderate",
    "hand_in_second_sheet",
    "examine_objection",
}  # fmt: skip

STATES = (
    "draft", "submitted", "in_check", "returned", "eligible", "ineligible", "invited", "merged_into",
    "withdrawn", "lapsed", "ineligible_final", "developing", "handed_in", "frozen", "decided",
    "on_ballot", "selected", "filed",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    action: Action
    people: frozenset[str]
    phases: frozenset[Phase] | None
    states: frozenset[str] | None
    gate: Gate | None


@dataclass(frozen=True)
class Thing:
    """What an act is done to: the policy asks for no more."""

    author_ids: Collection[int] = (7,)
    trainer_ids: Collection[int] = (10,)  # whoever holds a role here has this id
    mentor_ids: Collection[int] = (10,)
    state: str = "draft"


def read(line: str) -> Row:
    name, citizens, roles, installer, phases, gate, states = line.split()
    flags = citizens + roles + installer
    assert len(flags) == len(PEOPLE), line
    return Row(
        Action(name),
        frozenset(who for who, flag in zip(PEOPLE, flags, strict=True) if flag == "x"),
        None if phases == "any" else frozenset(PHASES[letter] for letter in phases),
        None if states == "-" else frozenset(states.split(",")),
        None if gate == "-" else Gate(gate),
    )


ROWS = [read(line) for line in TABLE.strip().splitlines()]
IDS = [row.action.value for row in ROWS]


def person(who: str, town: int = TOWN) -> Actor:
    if who == "nobody":
        return NOBODY
    if who in ("citizen", "author"):
        return Actor(7 if who == "author" else 8)
    if who == "installer":
        return Actor(9, is_installer=True)
    return Actor(10, {town: frozenset({Role(who)})})


def status(
    phase: Phase, *waiting: Gate, paused: bool = False, halted: bool = False, over: bool = False
) -> Status:
    end = datetime(2027, 1, 1, tzinfo=UTC)
    return Status(phase, waiting, paused, halted, None, end, None, None, over)


def thing_for(row: Row) -> Thing:
    return Thing(state=min(row.states)) if row.states else Thing()


def test_the_table_names_every_action_once() -> None:
    assert sorted(IDS) == sorted(action.value for action in Action)
    assert set(RULES) == set(Action)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_who_in_which_phase(row: Row) -> None:
    for who in PEOPLE:
        for phase in Phase:
            expected = who in row.people and (row.phases is None or phase in row.phases)
            got = allowed(person(who), row.action, town_id=TOWN, status=status(phase), thing=thing_for(row))
            assert got is expected, f"{row.action}: {who} in {phase}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_role_counts_in_its_own_town_only(row: Row) -> None:
    for role in Role:
        stranger, citizen = person(role.value, OTHER_TOWN), person("citizen")
        for phase in Phase:
            values = {"town_id": TOWN, "status": status(phase), "thing": thing_for(row)}
            assert allowed(stranger, row.action, **values) is allowed(citizen, row.action, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_nobody_passes_a_pause_a_halt_or_the_end(row: Row) -> None:
    for who in PEOPLE:
        for phase in Phase:
            for stopped in (
                status(phase, paused=True),
                status(phase, halted=True),
                status(phase, over=True),
                status(phase, *([row.gate] if row.gate else []), paused=True),
            ):
                got = allowed(person(who), row.action, town_id=TOWN, status=stopped, thing=thing_for(row))
                assert got is (who in row.people and row.phases is None), f"{row.action}: {who}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_while_a_gate_is_waited_for_only_the_act_that_leads_to_it(row: Row) -> None:
    for who in PEOPLE:
        for gate in Gate:
            waiting = status(Phase.VOTING, gate)
            expected = who in row.people and (row.phases is None or row.gate is gate)
            got = allowed(person(who), row.action, town_id=TOWN, status=waiting, thing=thing_for(row))
            assert got is expected, f"{row.action}: {who} while waiting for {gate}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_in_which_states(row: Row) -> None:
    phase = min(row.phases) if row.phases else Phase.PREPARATION
    for who in row.people:
        for state in STATES:
            got = allowed(
                person(who), row.action, town_id=TOWN, status=status(phase), thing=Thing(state=state)
            )
            assert got is (row.states is None or state in row.states), f"{row.action}: {who}, {state}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_an_author_is_no_official_on_the_own_thing(row: Row) -> None:
    for role in Role:
        if role.value not in row.people:
            continue
        official = person(role.value)
        own = Thing(author_ids=(official.account_id or 0,), state=thing_for(row).state)
        phase = min(row.phases) if row.phases else Phase.PREPARATION
        got = allowed(official, row.action, town_id=TOWN, status=status(phase), thing=own)
        assert got is (row.action.value not in NEVER_ON_ONES_OWN), f"{row.action}: {role}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_phased_act_without_a_cycle_is_refused(row: Row) -> None:
    for who in row.people:
        got = allowed(person(who), row.action, town_id=TOWN, status=None, thing=thing_for(row))
        assert got is (row.phases is None)


def test_who_was_at_work_on_a_decision_examines_no_objection_to_it() -> None:
    @dataclass(frozen=True)
    class Case(Thing):
        barred_ids: Collection[int] = ()
        helper_ids: Collection[int] = ()

    def may(who: str, action: Action, **values: Collection[int]) -> bool:
        return allowed(person(who), action, town_id=TOWN, thing=Case(state="filed", **values))

    for who in ("officer", "administrator"):
        assert may(who, Action.EXAMINE_OBJECTION)
        assert not may(who, Action.EXAMINE_OBJECTION, barred_ids=(10,))
    assert may("operator", Action.OBJECT, helper_ids=(10,))
    assert may("operator", Action.READ_OBJECTION, helper_ids=(10,))
    for who in ("operator", "officer", "administrator"):
        assert not may(who, Action.OBJECT)
    assert not may("officer", Action.OBJECT, helper_ids=(10,))  # an operator no more


def test_all_roles_together_pass_no_phase() -> None:
    mighty = Actor(10, {TOWN: frozenset(Role)}, is_installer=True)
    with pytest.raises(Closed, match="wrong_phase"):
        authorise(mighty, Action.SCORE_PROJECT, town_id=TOWN, status=status(Phase.DEVELOPMENT), thing=None)
    with pytest.raises(Closed, match="wrong_phase"):
        authorise(mighty, Action.VOTE, town_id=TOWN, status=status(Phase.RESULTS))


def test_refusals_say_why() -> None:
    with pytest.raises(Refused, match="sign_in_first"):
        authorise(NOBODY, Action.MANAGE_STAFF, town_id=TOWN)
    with pytest.raises(Refused, match="not_allowed"):
        authorise(person("citizen"), Action.MANAGE_STAFF, town_id=TOWN)
    with pytest.raises(Refused, match="not_allowed"):
        authorise(person("author"), Action.EDIT_IDEA, town_id=TOWN, status=status(Phase.IDEAS))
    with pytest.raises(Closed, match="wrong_state"):
        authorise(
            person("author"),
            Action.EDIT_IDEA,
            town_id=TOWN,
            status=status(Phase.IDEAS),
            thing=Thing(state="in_check"),
        )
