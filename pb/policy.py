"""THE permissions: every act, who may do it, in which phase, on what. Nobody bypasses the phase."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from pb.core.actions import Action as Action  # the acts are part of the policy, and named from here
from pb.core.actions import AtCentre as AtCentre
from pb.core.errors import Closed, Refused
from pb.core.phases import Gate, Phase, Status


class Role(StrEnum):
    """Roles are given per town."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"  # eligibility officer
    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"
    OPERATOR = "operator"
    OBSERVER = "observer"
    MENTOR = "mentor"  # holds trainings, and remarks on the projects that were given to them


@dataclass(frozen=True)
class Actor:
    """Whoever asks: an account (or nobody), with the roles it holds in each town (by town id)."""

    account_id: int | None = None
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    is_installer: bool = False  # made by `create-admin`: opens towns and appoints their first administrators
    display_name: str = ""
    held_back: bool = False  # must set up a second factor before anything else; until then it holds no role
    centres: Mapping[int, int] = field(default_factory=dict)  # by town: an operator's one centre

    @property
    def is_staff(self) -> bool:
        return self.is_installer or any(self.roles.values())

    def has(self, town_id: int | None, *roles: Role) -> bool:
        """Whether the actor holds one of ``roles`` in the town."""
        return town_id is not None and not self.roles.get(town_id, frozenset()).isdisjoint(roles)


NOBODY = Actor()


Who = Callable[[Actor, int | None, Any], bool]


def role(*roles: Role) -> Who:
    """Holds one of the roles in the town."""
    return lambda actor, town_id, _thing: actor.has(town_id, *roles)


def anyone(_actor: Actor, _town_id: int | None, _thing: Any) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(actor: Actor, _town_id: int | None, _thing: Any) -> bool:
    """Somebody with an account."""
    return actor.account_id is not None


def installer(actor: Actor, _town_id: int | None, _thing: Any) -> bool:
    """The administrator of the installation."""
    return actor.is_installer


def author(actor: Actor, _town_id: int | None, thing: Any) -> bool:
    """The thing's own author (the thing tells by ``author_ids``)."""
    return actor.account_id is not None and thing is not None and actor.account_id in thing.author_ids


def trainer(actor: Actor, town_id: int | None, thing: Any) -> bool:
    """A trainer of the town, on the training that they hold (it tells by ``trainer_ids``)."""
    return actor.has(town_id, Role.MENTOR) and thing is not None and actor.account_id in thing.trainer_ids


def mentor(actor: Actor, town_id: int | None, thing: Any) -> bool:
    """A mentor of the town, on a project that was given to them (it tells by ``mentor_ids``)."""
    return actor.has(town_id, Role.MENTOR) and thing is not None and actor.account_id in thing.mentor_ids


def outsider(who: Who) -> Who:
    """``who``, except on what is the actor's own, or what the actor was at work on (it tells by ``barred_ids``)."""
    return lambda a, t, x: (
        who(a, t, x) and not author(a, t, x) and a.account_id not in getattr(x, "barred_ids", ())
    )


def own_centre(actor: Actor, town_id: int | None, thing: Any) -> bool:
    """An operator, at the centre to which the role is bound, or wherever it is bound to none."""
    bound, at = actor.centres.get(town_id or 0), getattr(thing, "centre_id", None)  # an idea stands at none
    return actor.has(town_id, Role.OPERATOR) and (bound is None or at in (None, bound))


def either(*whos: Who) -> Who:
    """Whoever one of them lets pass."""
    return lambda actor, town_id, thing: any(who(actor, town_id, thing) for who in whos)


class Rule(NamedTuple):
    """WHO, in which open PHASES (None: whatever the phase), on things in which STATES (None: any).
    An act that leads to a GATE stays possible while the next phase waits for that gate.
    """

    who: Who
    phases: Collection[Phase] | None = None
    states: Collection[str] | None = None
    gate: Gate | None = None

    def fits(self, status: Status | None) -> bool:
        """Whether the phase allows the act."""
        if self.phases is None:
            return True
        if status is None or status.paused or status.halted:
            return False
        if status.waiting_for:
            return self.gate in status.waiting_for
        return status.is_open and status.phase in self.phases


P, R = Phase, Role
ADMIN = role(R.ADMINISTRATOR)
COMMISSION = role(R.CHAIR, R.MEMBER)
STAFF = role(*Role)
KEYING = either(role(R.ADMINISTRATOR, R.OFFICER), own_centre)  # of papers, by two people
HELPER: Who = lambda a, t, x: a.has(t, R.OPERATOR) and a.account_id in getattr(x, "helper_ids", ())  # noqa: E731 - wrote it down
GATHERING = frozenset({P.IDEAS, P.DEVELOPMENT})
UNDECIDED = frozenset({"submitted", "in_check", "returned", "eligible"})
TALKING = frozenset(P) - {P.PREPARATION}
WORKED_ON = frozenset({"invited", "developing", "handed_in"})  # the author may still change the text
BEFORE_VOTING = frozenset({P.PREPARATION, P.IDEAS, P.DEVELOPMENT, P.REVIEW})

RULES: dict[Action, Rule] = {
    Action.USE_ACCOUNT: Rule(signed_in),
    Action.OPEN_TOWN: Rule(installer),
    Action.MANAGE_TOWN: Rule(ADMIN),
    Action.MANAGE_STAFF: Rule(lambda a, t, x: ADMIN(a, t, x) or a.is_installer),
    Action.SEE_BOARD: Rule(STAFF),
    Action.SEE_MESSAGES: Rule(role(R.ADMINISTRATOR, R.OFFICER)),
    Action.RETRY_MESSAGES: Rule(role(R.ADMINISTRATOR, R.OFFICER)),
    Action.EDIT_MESSAGES: Rule(ADMIN),
    Action.SEND_BULK: Rule(ADMIN),
    Action.EXPORT_TABLES: Rule(role(R.ADMINISTRATOR, R.OFFICER)),
    Action.EXPORT_PEOPLE: Rule(ADMIN),
    Action.IMPORT_IDEAS: Rule(ADMIN, {P.IDEAS}),
    Action.CREATE_CYCLE: Rule(ADMIN),
    Action.EDIT_CYCLE: Rule(ADMIN),
    Action.PREVIEW_CYCLE: Rule(STAFF),
    Action.PUBLISH_CYCLE: Rule(ADMIN),
    Action.PROPOSE_ACT: Rule(ADMIN),
    Action.APPROVE_ACT: Rule(ADMIN),
    Action.HAND_IN_IDEA: Rule(signed_in, {P.IDEAS}),
    Action.EDIT_IDEA: Rule(author, {P.IDEAS}, {"draft", "submitted", "returned"}),
    Action.ANSWER_RETURN: Rule(author, {P.IDEAS, P.DEVELOPMENT}, {"returned"}),
    Action.WITHDRAW_IDEA: Rule(
        author, {P.IDEAS, P.DEVELOPMENT}, {"draft", "submitted", "in_check", "returned", "eligible"}
    ),
    Action.SEE_OWN: Rule(author),
    Action.ASSIST_IDEA: Rule(own_centre, {P.IDEAS}),
    Action.MANAGE_AUTHORS: Rule(author, GATHERING, {"draft", *UNDECIDED}),
    Action.CONFIRM_AUTHORSHIP: Rule(signed_in, GATHERING, {"draft", *UNDECIDED}),
    Action.JOIN_IDEAS: Rule(either(author, role(R.OFFICER)), GATHERING, UNDECIDED),
    Action.ANSWER_JOINING: Rule(author, GATHERING),
    Action.ASSIST_JOINING: Rule(role(R.OPERATOR), GATHERING),
    Action.SPLIT_IDEA: Rule(author, GATHERING),
    Action.TALK: Rule(signed_in, TALKING),
    Action.FOLLOW: Rule(signed_in),  # and reporting a comment: whatever the phase
    Action.SUPPORT_IDEA: Rule(
        outsider(signed_in),
        {P.IDEAS, P.DEVELOPMENT},
        {"submitted", "in_check", "returned", "eligible", "invited"},
    ),
    Action.ANSWER_AS_STAFF: Rule(outsider(role(R.ADMINISTRATOR, R.OFFICER)), TALKING),
    Action.MODERATE: Rule(outsider(role(R.ADMINISTRATOR, R.OFFICER))),
    Action.MANAGE_WORDS: Rule(ADMIN),
    Action.SEE_QUEUE: Rule(role(R.OFFICER, R.ADMINISTRATOR, R.OBSERVER)),
    Action.CHECK_IDEA: Rule(outsider(role(R.OFFICER)), {P.IDEAS, P.DEVELOPMENT}, {"submitted", "in_check"}),
    Action.OPEN_CHECK: Rule(outsider(role(R.OFFICER))),  # readable when another officer was quicker
    Action.SEE_CONTACT: Rule(outsider(role(R.OFFICER))),
    Action.INVITE_PROJECT: Rule(outsider(role(R.OFFICER)), {P.IDEAS, P.DEVELOPMENT}, {"eligible"}),
    Action.DEVELOP_PROJECT: Rule(author, {P.DEVELOPMENT}, {"invited", "developing", "handed_in"}),
    Action.WITHDRAW_PROJECT: Rule(author, {P.IDEAS, P.DEVELOPMENT}, {"invited", "developing", "handed_in"}),
    Action.RETURN_PROJECT: Rule(outsider(role(R.OFFICER)), {P.DEVELOPMENT}, {"handed_in"}),
    Action.READ_PROJECT_DRAFT: Rule(either(author, role(R.ADMINISTRATOR, R.OFFICER))),
    Action.MANAGE_TRAINING: Rule(role(R.ADMINISTRATOR, R.SECRETARY), BEFORE_VOTING),
    Action.SIGN_UP_TRAINING: Rule(signed_in, BEFORE_VOTING),
    Action.ASSIST_TRAINING: Rule(role(R.OPERATOR), BEFORE_VOTING),
    Action.TAKE_ATTENDANCE: Rule(either(role(R.ADMINISTRATOR, R.SECRETARY), trainer)),
    Action.TAKE_QUIZ: Rule(signed_in),
    Action.ASSIGN_MENTOR: Rule(outsider(role(R.ADMINISTRATOR, R.SECRETARY)), {P.DEVELOPMENT}, WORKED_ON),
    Action.SEE_MENTORS: Rule(role(R.ADMINISTRATOR, R.SECRETARY, R.MENTOR)),
    Action.READ_AS_MENTOR: Rule(outsider(mentor)),
    Action.MENTOR_PROJECT: Rule(outsider(mentor), {P.DEVELOPMENT}, WORKED_ON),
    Action.ASK_MENTOR: Rule(author, {P.DEVELOPMENT}, WORKED_ON),
    Action.ASSESS_OWN: Rule(author, {P.DEVELOPMENT}, WORKED_ON),
    Action.GIVE_OPINION: Rule(
        outsider(role(R.OFFICER)), {P.IDEAS, P.DEVELOPMENT}, {"submitted", "in_check", "returned", "eligible"}
    ),
    Action.MAKE_COST_CARD: Rule(outsider(role(R.OFFICER)), {P.REVIEW}, {"handed_in", "frozen"}),
    Action.ANSWER_COST: Rule(author, {P.REVIEW}, {"handed_in", "frozen"}),
    Action.OBJECT: Rule(either(author, HELPER)),  # a right with its own term, which no pause takes away
    Action.ASSIST_OBJECTION: Rule(role(R.OPERATOR)),
    Action.READ_OBJECTION: Rule(either(author, HELPER, role(R.OFFICER, R.ADMINISTRATOR))),
    Action.SEE_OBJECTIONS: Rule(role(R.OFFICER, R.ADMINISTRATOR)),
    Action.EXAMINE_OBJECTION: Rule(outsider(role(R.OFFICER, R.ADMINISTRATOR)), states={"filed"}),
    Action.READ_LETTER: Rule(either(author, HELPER)),
    Action.APPOINT_COMMISSION: Rule(ADMIN),
    Action.CALL_SUBSTITUTE: Rule(role(R.CHAIR), {P.REVIEW}),
    Action.ARRANGE_CALIBRATION: Rule(role(R.CHAIR, R.SECRETARY), {P.DEVELOPMENT, P.REVIEW}),
    Action.CALIBRATE: Rule(COMMISSION, {P.DEVELOPMENT, P.REVIEW}),
    Action.SEE_COMMISSION: Rule(role(R.CHAIR, R.MEMBER, R.SECRETARY)),
    Action.DECLARE_CONFLICT: Rule(outsider(COMMISSION), {P.REVIEW}),
    Action.CHALLENGE_MEMBER: Rule(signed_in, {P.REVIEW}),
    Action.DECIDE_CHALLENGE: Rule(role(R.CHAIR), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.SCORE_PROJECT: Rule(outsider(COMMISSION), {P.REVIEW}, {"frozen"}),
    Action.ACCEPT_GAP: Rule(role(R.CHAIR), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.EXTEND_SCORING: Rule(role(R.CHAIR), {P.REVIEW}),
    Action.DRAW_MEMBERS: Rule(role(R.CHAIR, R.SECRETARY), {P.REVIEW}),
    Action.DRAW_LOT: Rule(role(R.CHAIR, R.SECRETARY), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.OPEN_SCORES: Rule(role(R.CHAIR), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.SEE_RANKING: Rule(role(R.CHAIR, R.MEMBER, R.SECRETARY)),
    Action.SEE_SESSION: Rule(role(R.CHAIR, R.MEMBER, R.SECRETARY)),
    Action.RUN_SESSION: Rule(role(R.CHAIR, R.SECRETARY), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.PRESIDE_SESSION: Rule(role(R.CHAIR), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.HAND_IN_SECOND_SHEET: Rule(outsider(COMMISSION), {P.REVIEW}, {"frozen"}, gate=Gate.BALLOT_LOCKED),
    Action.STATE_OPINION: Rule(COMMISSION, {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.KEEP_MINUTES: Rule(role(R.CHAIR, R.SECRETARY)),  # the signed paper may come whenever it comes
    Action.DECIDE_PROJECT: Rule(outsider(role(R.CHAIR)), {P.REVIEW, P.RESULTS}, gate=Gate.BALLOT_LOCKED),
    Action.PUBLISH_DECISIONS: Rule(role(R.CHAIR), {P.REVIEW}, gate=Gate.BALLOT_LOCKED),
    Action.CONFIRM_LIST: Rule(role(R.CHAIR), {P.REVIEW, P.RESULTS}, gate=Gate.BALLOT_LOCKED),
    Action.SEE_ROLL: Rule(role(R.ADMINISTRATOR, R.OBSERVER)),
    Action.IMPORT_ROLL: Rule(ADMIN, BEFORE_VOTING, gate=Gate.ROLL_APPROVED),
    Action.APPROVE_ROLL: Rule(ADMIN, BEFORE_VOTING, gate=Gate.ROLL_APPROVED),
    Action.CLAIM_ROLL: Rule(signed_in, BEFORE_VOTING, gate=Gate.ROLL_APPROVED),
    Action.SEE_CLAIMS: Rule(role(R.OFFICER, R.ADMINISTRATOR)),
    Action.READ_CLAIM: Rule(outsider(role(R.OFFICER))),
    Action.DECIDE_CLAIM: Rule(outsider(role(R.OFFICER)), BEFORE_VOTING, gate=Gate.ROLL_APPROVED),
    Action.ERASE_ROLL: Rule(ADMIN),
    Action.OPEN_TRIAL: Rule(ADMIN, BEFORE_VOTING, gate=Gate.TRIAL_OPENED),
    Action.APPOINT_CUSTODIAN: Rule(ADMIN, BEFORE_VOTING, gate=Gate.TRIAL_OPENED),
    Action.HAND_IN_KEY: Rule(anyone, BEFORE_VOTING, gate=Gate.TRIAL_OPENED),  # a link names the custodian
    Action.REGISTER_WITNESS: Rule(ADMIN),
    Action.EXPLAIN_CODE: Rule(ADMIN),  # whatever the phase: a pause does not keep people from explaining
    Action.VOID_BALLOT: Rule(ADMIN, {P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.VOTE: Rule(anyone, {P.VOTING}),
    Action.ASK_OWN_VOTE: Rule(anyone, {P.VOTING, P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.HELP_IN_PERSON: Rule(own_centre, {P.VOTING}),
    Action.BIND_PHONE: Rule(role(R.OPERATOR), BEFORE_VOTING | {P.VOTING}),
    Action.MAKE_LETTERS: Rule(ADMIN, {P.REVIEW, P.VOTING}),
    Action.SEE_ALARMS: Rule(role(R.ADMINISTRATOR, R.OBSERVER)),
    Action.LIFT_PAUSE: Rule(ADMIN, {P.VOTING, P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.CLOSE_BOX: Rule(ADMIN, {P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.MANAGE_PAPER: Rule(ADMIN, {P.REVIEW, P.VOTING}, gate=Gate.TRIAL_OPENED),
    Action.SEE_PAPER: Rule(role(R.ADMINISTRATOR, R.OFFICER, R.OPERATOR, R.OBSERVER)),
    Action.KEY_PAPER: Rule(KEYING, {P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.COUNT: Rule(ADMIN, {P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.SEE_COUNT: Rule(ADMIN),  # a result before its publication is nobody else's
    Action.PUBLISH_RESULT: Rule(ADMIN, {P.RESULTS}, gate=Gate.RESULT_PUBLISHED),
    Action.READ_BALLOTS: Rule(role(R.OBSERVER)),  # one by one, where the rulebook keeps them from the public
    Action.RECORD_DELIVERY: Rule(role(R.ADMINISTRATOR, R.OFFICER), {P.RESULTS, P.IMPLEMENTATION}),
}


def authorise(
    actor: Actor, action: Action, *, town_id: int | None, status: Status | None = None, thing: Any = None
) -> None:
    """Let pass, or raise Refused("not_allowed"), Closed("wrong_phase") or Closed("wrong_state").

    ``thing`` is what the act is done to, or None where only the town and the phase matter (a list, a queue).
    """
    rule = RULES[action]
    if thing is None and rule.who is author:
        raise Refused("not_allowed", action=action)
    if not rule.who(actor, town_id, thing):
        if actor.held_back:
            raise Refused("second_factor_first", action=action)
        raise Refused("sign_in_first" if actor.account_id is None else "not_allowed", action=action)
    if not rule.fits(status):
        raise Closed("wrong_phase", action=action, phase=status.phase if status else None)
    if rule.states is not None and thing is not None and thing.state not in rule.states:
        raise Closed("wrong_state", action=action, state=str(thing.state))


def allowed(
    actor: Actor, action: Action, *, town_id: int | None, status: Status | None = None, thing: Any = None
) -> bool:
    """Whether ``authorise`` would let pass (for what a page offers; the command asks again)."""
    try:
        authorise(actor, action, town_id=town_id, status=status, thing=thing)
    except (Refused, Closed):
        return False
    return True
