"""Pages of the public board: entries, proofs, signed heads, and the same as files for programs. Anybody reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from pb import clock
from pb.core.ballots import read_tracking_code
from pb.core.errors import Invalid, Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.voting import queries
from pb.voting import queries_board as board
from pb.voting.forms import ReceiptForm
from pb.voting.models import VotingRound
from pb.voting.qr import qr_svg
from pb.voting.queries_board import Entry, SignedHead
from pb.voting.receipts import public_key
from pb.voting.rounds import round_of, the_round
from pb.voting.words_board import at_of, code_of, entry_words
from pb.web.forms import status_of
from pb.web.guard import public
from pb.web.wording import error_words

blueprint = Blueprint("board", __name__, url_prefix="/<town>/<int:year>/vote/board")
PER_PAGE = 50
LINES = "application/jsonl; charset=utf-8"


def _url(here: Here, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, **values)


def _entry(here: Here, number: str) -> Entry | None:
    row, found = round_of(here.the_cycle.id), whole_number(number)
    return board.entry(row.id, found) if row is not None and found is not None else None


def _head(here: Here, size: str) -> SignedHead | None:
    row, found = round_of(here.the_cycle.id), whole_number(size)
    return board.head_at(row.id, row.label, found) if row is not None and found is not None else None


def _last(here: Here) -> tuple[VotingRound, SignedHead]:
    row = the_round(here.the_cycle.id)
    head = board.last_head(row.id, row.label)
    if head is None:
        raise Missing("no_such_page")
    return row, head


def head_json(head: SignedHead) -> dict[str, str]:
    """A signed head for programs: the very text that is signed, the signature (base64), the key (hex)."""
    signed = head.head.signed_bytes().decode()
    return {"signed": signed, "signature": head.signature, "public_key": public_key().hex()}


@blueprint.route("")
@public()
def index(here: Here) -> ResponseReturnValue:
    """What the board is, its head, its entries; search by a tracking code; a head seen elsewhere held against it."""
    row = round_of(here.the_cycle.id)
    head = board.last_head(row.id, row.label) if row is not None else None
    if row is None or head is None:
        return render_template("voting/board_none.html", elsewhere=row is not None and not row.custodians)
    form, asked = ReceiptForm(request.args if "code" in request.args else MultiDict()), ""
    if "code" in request.args and form.validate():
        try:
            asked = read_tracking_code(form.code.data or "")
        except Invalid as error:
            form.code.errors = [error_words(error)]
        else:
            found = queries.find_receipt(here.the_cycle.id, asked)
            if found is not None and found.number is not None:
                return redirect(_url(here, "board.entry", number=found.number))
    pages = -(-head.head.size // PER_PAGE)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    until = head.head.size - (page - 1) * PER_PAGE
    listed = [_shown(one) for one in reversed(board.entries(row.id, max(until - PER_PAGE, 0), until))]
    acts = [_shown(one) for one in board.acts(row.id)] if page == 1 else []
    shown = render_template(
        "voting/board.html", form=form, asked=asked, head=head, entries=listed, acts=acts, page=page,
        pages=pages, seen=_seen(row, head), turned_back=clock.turned_back(), day=_day(head),
    )  # fmt: skip
    return shown, status_of(form)


def _shown(entry: Entry) -> dict[str, Any]:
    return {"number": entry.number, "words": entry_words(entry), "at": at_of(entry), "code": code_of(entry)}


def _day(head: SignedHead) -> date:
    return date.fromisoformat(head.head.day)


def _seen(row: VotingRound, head: SignedHead) -> str:
    """What comes out when the head of a poster or receipt is held against the board: same, other, unreadable;
    "" when none was given.
    """
    if "root" not in request.args:
        return ""
    size, root = whole_number(request.args.get("size")), request.args["root"].strip().lower()
    if not size or len(root) != 64:
        return "unreadable"
    same = size <= head.head.size and board.root_at(row.id, size) == root
    return "same" if same else "other"


@blueprint.route("/<number>")
@public(number=_entry)
def entry(here: Here, number: Entry) -> ResponseReturnValue:
    """One entry, its exact bytes and its proof."""
    row, head = _last(here)
    return render_template(
        "voting/board_entry.html", entry=number, shown=_shown(number), head=head, day=_day(head),
        path=board.inclusion(row.id, number.number, head.head.size),
    )  # fmt: skip


@blueprint.route("/<number>.json")
@public(number=_entry)
def proof(here: Here, number: Entry) -> ResponseReturnValue:
    """The same for programs."""
    row, head = _last(here)
    answer = jsonify(
        {
            "number": number.number,
            "entry": number.content,
            "leaf_index": number.number - 1,
            "leaf_hash": number.leaf.hex(),
            "path": board.inclusion(row.id, number.number, head.head.size),
            "head": head_json(head),
        }
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.label}-entry-{number.number}.json"'
    return answer


@blueprint.route("/entries.jsonl")
@public()
def lines(here: Here) -> ResponseReturnValue:
    """Every entry under the last head, one a line: a line without its line feed is the leaf."""
    row, head = _last(here)
    size = head.head.size
    answer = Response(stream_with_context(_lines(row.id, size)), content_type=LINES)
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.label}-board-{size}.jsonl"'
    return answer


def _lines(round_id: int, size: int) -> Iterator[str]:
    for after in range(0, size, board.LINES):
        part = board.entries(round_id, after, min(after + board.LINES, size))
        yield "".join(f"{one.content}\n" for one in part)


@blueprint.route("/head.json")
@public()
def last_head(here: Here) -> ResponseReturnValue:
    """The last signed head."""
    _row, head = _last(here)
    return jsonify(head_json(head))


@blueprint.route("/heads.jsonl")
@public()
def all_heads(here: Here) -> ResponseReturnValue:
    """Every signed head, the oldest first, one a line."""
    row, _head = _last(here)
    text = "".join(
        json.dumps(head_json(one), ensure_ascii=False) + "\n" for one in board.heads(row.id, row.label)
    )
    answer = Response(text, content_type=LINES)
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.label}-heads.jsonl"'
    return answer


@blueprint.route("/consistency.json")
@public()
def consistency(here: Here) -> ResponseReturnValue:
    """The proof that the first ``first`` entries are the beginning of the first ``second`` ones."""
    row, head = _last(here)
    first, second = whole_number(request.args.get("first")), whole_number(request.args.get("second"))
    if first is None or second is None or not 0 < first <= second <= head.head.size:
        raise Missing("no_such_page")
    return jsonify({"first": first, "second": second, "path": board.consistency(row.id, first, second)})


@blueprint.route("/heads")
@public()
def heads(here: Here) -> ResponseReturnValue:
    """The last head of each day, and how a witness keeps watch."""
    row, _head_now = _last(here)
    listed = [{"head": one, "day": _day(one)} for one in board.days(row.id, row.label)]
    base: str = current_app.extensions["pb_settings"].base_url
    return render_template(
        "voting/board_heads.html",
        heads=listed,
        key=public_key().hex(),
        address=base + _url(here, "board.index"),
    )


@blueprint.route("/heads/<size>")
@public(size=_head)
def poster(here: Here, size: SignedHead) -> ResponseReturnValue:
    """A head as a sheet of paper for the centres."""
    base: str = current_app.extensions["pb_settings"].base_url
    head = size.head
    address = base + _url(here, "board.index", size=head.size, root=head.root)
    return render_template(
        "voting/board_poster.html", head=size, day=_day(size), qr=qr_svg(address), key=public_key().hex()
    )
