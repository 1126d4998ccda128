#!/usr/bin/env python3
"""Watch the public board of a vote: that it only grows. One file, nothing but Python 3.8 or later.

    python3 monitor.py https://HOST/TOWN/YEAR/vote/board

Each run asks the board for its signed head, verifies the signature (Ed25519), demands the proof (RFC 6962) that the
board has only grown since the head that was kept the last time, and keeps the new one. Exit code 0: all is well.
1: ALARM, the board was changed, cut, signed by somebody else, or refuses a proof; what was seen is written beside the
kept file. 3: the board could not be asked, which proves nothing.

    --keep FILE       where heads are kept (default: board-HOST-TOWN-YEAR.json); do not lose it
    --key HEX         the key that signs, as you noted it from a poster; without it the first one seen is believed
    --seen SIZE:ROOT  a head from a poster or a receipt: it must belong to the board (may be given several times)
    --every MINUTES   go on until something is wrong

What it does not do: it does not read the entries (download them and compute the root: see the description at
/assets/today/verification.md), and it cannot know whether others are shown another board. So compare your head with theirs.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

HEAD = "pb-board-head-v1"


class Alarm(Exception):
    """Something that an honest board cannot do."""


class Unreachable(Exception):
    """The board gave no answer that could be judged."""


# Ed25519 (RFC 8032), verification alone. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(data):
    """The point that 32 bytes name; None for bytes that name none."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Whether ``signature`` (64 bytes) over ``message`` was made with the key (32 bytes)."""
    if len(signature) != 64:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(h, a))
    return not any((left[n] * right[2] - right[n] * left[2]) % P for n in (0, 1))


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def has_grown(old, new, path, old_root, new_root):
    """Whether ``path`` proves that the tree of size ``old`` is the beginning of the one of ``new`` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    hashes = ([old_root] if old & (old - 1) == 0 else []) + path
    if not 0 < old < new or not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node(one, first), node(one, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node(second, one)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def ask(address):
    """The JSON at an address; None where the board says that there is no such thing."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            found = json.loads(answer.read(10_000_000).decode())
            if not isinstance(found, dict):
                raise ValueError("not what a board answers")
            return found
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise Unreachable("%s answers %s" % (address, error.code))
    except (OSError, ValueError) as error:
        raise Unreachable("%s: %s" % (address, error))


def read_head(answer, key):
    """Size, root, round and day of a head whose signature is good. Raises Alarm."""
    try:
        found = json.loads(answer["signed"])
        good = is_signed(bytes.fromhex(key), answer["signed"].encode(), base64.b64decode(answer["signature"]))
        size, root, round_label = found["size"], bytes.fromhex(found["root"]), found["round"]
        if found["kind"] != HEAD or type(size) is not int or size < 1 or len(root) != 32:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Alarm("The board gives a head that cannot be read.")
    if not good:
        raise Alarm("The head of the board is not signed with the key %s." % key)
    return size, root, round_label, found["day"]


def hold_against(board, old_size, old_root, size, root, what):
    """Demand that an older head belongs to the board. Raises Alarm."""
    if old_size > size:
        raise Alarm("ROLLBACK: the board has %d entries, but %s had %d." % (size, what, old_size))
    if old_size == size:
        if old_root != root:
            raise Alarm("FORK: %s has the same number of entries and another fingerprint." % what)
        return
    answer = ask("%s/consistency.json?first=%d&second=%d" % (board, old_size, size))
    try:
        path = [bytes.fromhex(one) for one in answer["path"]]
    except (TypeError, KeyError, ValueError):
        raise Alarm("The board refuses the proof that %s belongs to it." % what)
    if not has_grown(old_size, size, path, old_root, root):
        raise Alarm("CHANGED: entries that %s covers were changed, removed or slipped in." % what)


def look(options, kept):
    """One look at the board; gives what is to be kept and a line for the reader. Raises Alarm, Unreachable."""
    answer = ask(options.board + "/head.json")
    if answer is None:
        if kept:
            raise Alarm("The board is gone.")
        raise Unreachable("there is no board at this address yet")
    key = options.key or kept.get("key") or str(answer.get("public_key"))
    try:
        size, root, round_label, day = read_head(answer, key)
        if kept:
            if kept["round"] != round_label:
                raise Alarm("The board is now that of another vote.")
            hold_against(options.board, kept["size"], bytes.fromhex(kept["root"]), size, root, "the head you kept")
        for old_size, old_root in options.seen:
            hold_against(options.board, old_size, old_root, size, root, "the head of %d entries" % old_size)
    except Alarm as alarm:
        alarm.seen = answer
        raise
    head = {"signed": answer["signed"], "signature": answer["signature"]}
    heads = kept.get("heads", [])
    heads = heads if head in heads else [*heads, head]
    now = {"key": key, "round": round_label, "size": size, "root": root.hex(), "heads": heads}
    return now, "well: %s, %d entries, %s\n  %s" % (round_label, size, day, root.hex())


def write(path, data):
    """Replace the file as a whole, so that a power cut leaves the old one."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def once(options):
    try:
        with open(options.keep, encoding="utf-8") as file:
            kept = json.load(file)
    except FileNotFoundError:
        kept = {}
    except ValueError as error:
        print("%s cannot be read: %s" % (options.keep, error), file=sys.stderr)
        return 3
    try:
        now, said = look(options, kept)
    except Unreachable as error:
        print("could not be asked: %s" % error, file=sys.stderr)
        return 3
    except Alarm as alarm:
        evidence = options.keep + ".ALARM.json"
        write(evidence, {"alarm": str(alarm), "seen": getattr(alarm, "seen", None), "kept": kept})
        line = "!" * 78
        print("%s\nALARM  ALARM  ALARM  განგაში\n\n%s\n" % (line, alarm), file=sys.stderr)
        print("What was seen stands in %s.\nKeep it and %s, and tell" % (evidence, options.keep), file=sys.stderr)
        print("the commission, the observers and the newspapers.\n%s\a" % line, file=sys.stderr)
        return 1
    write(options.keep, now)
    print(said)
    return 0


def seen(text):
    """SIZE:ROOT, the root with or without blanks."""
    size, _, root = text.partition(":")
    root = bytes.fromhex(root)
    if int(size) < 1 or len(root) != 32:
        raise ValueError(text)
    return int(size), root


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("board", help="address of the board, ending in /vote/board")
    parser.add_argument("--keep", metavar="FILE")
    parser.add_argument("--key", metavar="HEX", type=lambda text: bytes.fromhex(text).hex())
    parser.add_argument("--seen", metavar="SIZE:ROOT", type=seen, action="append", default=[])
    parser.add_argument("--every", metavar="MINUTES", type=int, default=0)
    options = parser.parse_args()
    options.board = options.board.split("?")[0].rstrip("/")
    if not re.match("https?://", options.board):
        parser.error("the address begins with https://")
    words = re.sub("^https?://|/vote/board$", "", options.board)
    options.keep = options.keep or "board-%s.json" % re.sub("[^0-9A-Za-z.]+", "-", words)
    code = once(options)
    while options.every > 0 and code != 1:
        time.sleep(60 * options.every)
        code = once(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
