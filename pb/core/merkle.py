"""The Merkle tree of RFC 6962 (and 9162, section 2.1): this file alone hashes, proves and verifies it. Pure.

Entries are numbered from 0 here, as in the RFCs. A *perfect* subtree (start, level) covers the 2**level entries
from ``start`` on, a multiple of 2**level; its hash never changes once it is full. Every entry completes one or
more of them, so that whoever keeps what ``Frontier.add`` gives can prove anything from a few kept hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

HASH = 32  # bytes
EMPTY_ROOT = hashlib.sha256().digest()

Perfect = tuple[int, int]  # start, level
Range = tuple[int, int]  # entries from the first up to, not including, the second
Subtree = Callable[[int, int], bytes]  # the hash of a perfect subtree


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of a byte of one and both hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_parts(start: int, end: int) -> list[Perfect]:
    """The perfect subtrees that a range of the tree consists of, from the left, the largest first."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((start, level))
        start += 1 << level
    return parts


def joined(hashes: Sequence[bytes]) -> bytes:
    """The hash over subtrees that lie side by side, the largest first; EMPTY_ROOT for none."""
    if not hashes:
        return EMPTY_ROOT
    whole = hashes[-1]
    for left in reversed(hashes[:-1]):
        whole = node_hash(left, whole)
    return whole


@dataclass
class Frontier:
    """The right edge of a tree: ``hashes`` of ``perfect_parts(0, size)``. An entry costs two hashes on average."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[bytes]:
        """Append a leaf's hash; gives the hashes of the perfect subtrees that it completes, level 0 first."""
        completed = [leaf]
        below = self.size
        while below & 1:  # a carry, as in counting: two subtrees of one size become one
            completed.append(node_hash(self.hashes.pop(), completed[-1]))
            below >>= 1
        self.hashes.append(completed[-1])
        self.size += 1
        return completed

    @property
    def root(self) -> bytes:
        return joined(self.hashes)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that entry ``index`` is in the tree of ``size``, the lowest first.

    ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such entry in the tree")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that the tree of size ``old`` is the beginning of the one of ``new``.

    Empty where they are the same. ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError("no such two trees")
    ranges, start, end, whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    # The old tree's root is known to whoever asks, so that it is left out where it is one of the subtrees.
    return ([] if whole else [(start, end)]) + ranges[::-1]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def proof(ranges: Sequence[Range], subtree: Subtree) -> list[bytes]:
    """The hashes of the ranges, each joined from its perfect subtrees."""
    return [joined([subtree(*part) for part in perfect_parts(*one)]) for one in ranges]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves that the leaf's hash stands at ``index`` in the tree of ``size`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether ``path`` proves that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found_old, found_new = node_hash(one, found_old), node_hash(one, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root
