"""The Merkle tree: the RFCs' own examples, a naive definition, every proof of every small tree, altered proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core import merkle
from pb.core.merkle import EMPTY_ROOT, Frontier, Perfect, leaf_hash, node_hash

# The entries and roots with which implementations of RFC 6962 have been tried since the beginning.
KNOWN = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, word for word."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + naive(entries[:k]) + naive(entries[k:])).digest()


def naive_path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, word for word."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*naive_path(m, entries[:k]), naive(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive(entries[:k])]


def naive_subproof(m: int, entries: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, word for word; PROOF is the one with ``whole`` true."""
    if m == len(entries):
        return [] if whole else [naive(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, entries[:k], whole), naive(entries[k:])]
    return [*naive_subproof(m - k, entries[k:], False), naive(entries[:k])]


def entries_of(size: int) -> list[bytes]:
    return [f"entry {n}".encode() for n in range(size)]


class Kept:
    """A tree with what its frontier gave for each entry, as a database keeps it."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.frontier, self.rows = Frontier(), []
        self.roots = [EMPTY_ROOT]
        for entry in entries:
            self.rows.append(self.frontier.add(leaf_hash(entry)))
            self.roots.append(self.frontier.root)

    def subtree(self, start: int, level: int) -> bytes:
        return self.rows[start + (1 << level) - 1][level]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.proof(merkle.inclusion_ranges(index, size), self.subtree)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return merkle.proof(merkle.consistency_ranges(old, new), self.subtree)


TREE = Kept(entries_of(130))


def test_known_roots() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root.hex() for root in Kept(KNOWN).roots[1:]] == ROOTS


def test_the_examples_of_the_rfc() -> None:
    """RFC 6962, 2.1.3: the tree of seven, its paths and its three proofs, put together by hand."""
    d = entries_of(7)
    a, b, c, e, f, j = (leaf_hash(d[n]) for n in (0, 1, 2, 4, 5, 6))
    leaf3 = leaf_hash(d[3])
    g, h, i = node_hash(a, b), node_hash(c, leaf3), node_hash(e, f)
    k, m = node_hash(g, h), node_hash(i, j)
    assert TREE.roots[7] == node_hash(k, m)
    assert TREE.inclusion(0, 7) == [b, h, m]
    assert TREE.inclusion(3, 7) == [c, g, m]
    assert TREE.inclusion(4, 7) == [f, j, k]
    assert TREE.inclusion(6, 7) == [i, k]
    assert TREE.consistency(3, 7) == [c, leaf3, g, m]
    assert TREE.consistency(4, 7) == [m]
    assert TREE.consistency(6, 7) == [i, j, k]


@pytest.mark.parametrize("size", [*range(66), 100, 127, 128, 129])
def test_roots_and_frontiers_equal_the_naive_definition(size: int) -> None:
    tree = Kept(entries_of(size))
    assert tree.frontier.root == naive(entries_of(size))
    kept = [TREE.subtree(*part) for part in merkle.perfect_parts(0, size)]
    assert tree.frontier == Frontier(size, kept)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_proof_of_every_tree_up_to_64(size: int) -> None:
    entries, root = entries_of(size), TREE.roots[size]
    for index in range(size):
        path = TREE.inclusion(index, size)
        assert path == naive_path(index, entries)
        assert merkle.verify_inclusion(leaf_hash(entries[index]), index, size, path, root)
        for wrong in (index - 1, index + 1, size, -1):
            assert not merkle.verify_inclusion(leaf_hash(entries[index]), wrong, size, path, root)
        # A path without its last hash, or with one more, leads nowhere.
        assert (
            not merkle.verify_inclusion(leaf_hash(entries[index]), index, size, path[:-1], root) or not path
        )
        assert not merkle.verify_inclusion(leaf_hash(entries[index]), index, size, [*path, root], root)
    for old in range(1, size + 1):
        path = TREE.consistency(old, size)
        assert path == naive_subproof(old, entries, True)
        assert merkle.verify_consistency(old, size, path, TREE.roots[old], root)
        assert not merkle.verify_consistency(old, size, [*path, root], TREE.roots[old], root)
        if old < size:
            assert not merkle.verify_consistency(old, size, path, TREE.roots[old - 1], root)
            assert not merkle.verify_consistency(old, size, path, TREE.roots[old], TREE.roots[size - 1])
            assert not merkle.verify_consistency(old, size, path[:-1], TREE.roots[old], root)


@given(st.data())
def test_an_altered_proof_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 130))
    flip = data.draw(st.integers(0, 255))
    index = data.draw(st.integers(0, size - 1))
    path = TREE.inclusion(index, size)
    which = data.draw(st.integers(0, len(path) - 1))
    leaf = leaf_hash(entries_of(size)[index])
    assert not merkle.verify_inclusion(leaf, index, size, altered(path, which, flip), TREE.roots[size])
    assert not merkle.verify_inclusion(altered([leaf], 0, flip)[0], index, size, path, TREE.roots[size])
    old = data.draw(st.integers(1, size - 1))
    path = TREE.consistency(old, size)
    which = data.draw(st.integers(0, len(path) - 1))
    roots = TREE.roots[old], TREE.roots[size]
    assert not merkle.verify_consistency(old, size, altered(path, which, flip), *roots)
    assert not merkle.verify_consistency(old, size, path, altered([roots[0]], 0, flip)[0], roots[1])
    assert not merkle.verify_consistency(old, size, path, roots[0], altered([roots[1]], 0, flip)[0])


def altered(path: list[bytes], which: int, bit: int) -> list[bytes]:
    changed = (int.from_bytes(path[which]) ^ (1 << bit)).to_bytes(merkle.HASH)
    return [*path[:which], changed, *path[which + 1 :]]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_a_changed_past_has_no_consistency_proof(entries: list[bytes], data: st.DataObject) -> None:
    """Whatever proof the other tree offers, the old head does not fit it."""
    old = data.draw(st.integers(1, len(entries)))
    place = data.draw(st.integers(0, old - 1))
    other = Kept([*entries[:place], entries[place] + b"!", *entries[place + 1 :]])
    head = naive(entries[:old])
    assert not merkle.verify_consistency(
        old, len(entries), other.consistency(old, len(entries)), head, other.frontier.root
    )


def test_proofs_that_cannot_be() -> None:
    for index, size in ((0, 0), (-1, 3), (3, 3)):
        with pytest.raises(ValueError, match="no such entry"):
            merkle.inclusion_ranges(index, size)
    for old, new in ((0, 3), (4, 3), (-1, 2)):
        with pytest.raises(ValueError, match="no such two trees"):
            merkle.consistency_ranges(old, new)
        assert not merkle.verify_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)


def test_a_large_tree_needs_few_hashes() -> None:
    """Appending is linear: 100,000 entries take fewer than 200,000 hashes, and a proof at most 17."""
    frontier, made = Frontier(), 0
    for n in range(100_000):
        made += len(frontier.add(n.to_bytes(merkle.HASH)))
    assert made < 200_000
    assert made + len(frontier.hashes) < 200_000 + 17
    parts: set[Perfect] = set()
    for index in (0, 65_535, 65_536, 99_999):
        ranges = merkle.inclusion_ranges(index, 100_000)
        assert len(ranges) <= 17
        parts |= {part for one in ranges for part in merkle.perfect_parts(*one)}
    assert len(parts) < 4 * 34
