"""Texts as numbers: runs of one to three characters, and words and pairs of words, weighted by how rare they are.

A run of characters is one whole number (21 bits per character), a pair of words likewise, so that a vocabulary is a sorted array: exact, quick to
search for a hundred thousand texts, and no hash can collide.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.extras import needs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

    Keys = NDArray[np.uint64]
    Places = NDArray[np.int64]

CHARACTER_BITS, WORD_BITS = np.uint64(21), np.uint64(32)


def plain(text: str) -> str:
    """Half width, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, blanks left out. Errors: MissingExtra without rjieba."""
    needs("rjieba", extra="learn")
    import rjieba

    return [[word for word in rjieba.cut(text) if not word.isspace()] for text in texts]


def character_runs(texts: Sequence[str]) -> tuple[Places, Keys]:
    """All runs of one to three characters of plain texts: of which text each is, and its number."""
    sizes = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    text_of = np.repeat(np.arange(len(texts)), sizes)
    keys, owners = [letters], [text_of]
    for length in (2, 3):
        inside = text_of[: -(length - 1)] == text_of[length - 1 :]
        longer = keys[-1][: letters.size - length + 1] | (letters[length - 1 :] << (CHARACTER_BITS * np.uint64(length - 1)))
        keys.append(longer)
        owners.append(np.where(inside, text_of[: longer.size], -1))
    owner, key = np.concatenate(owners), np.concatenate(keys)
    # the number of a lone character must not be that of a run that begins with it and a NUL, which plain texts do not hold
    kept = owner >= 0
    return owner[kept], key[kept]


def run_of(key: int) -> str:
    """The characters of a number of :func:`character_runs`."""
    mask = (1 << int(CHARACTER_BITS)) - 1
    letters = [key >> (place * int(CHARACTER_BITS)) & mask for place in range(3)]
    return "".join(chr(letter) for letter in letters if letter)


def word_runs(words: Sequence[Sequence[str]], number: dict[str, int]) -> tuple[Places, Keys]:
    """All known words and pairs of neighbouring known words: of which text each is, and its number; ``number`` gives words numbers from 1 on."""
    text_of = np.repeat(np.arange(len(words)), [len(each) for each in words])
    ids = np.fromiter((number.get(word, 0) for each in words for word in each), dtype=np.uint64, count=text_of.size)
    pair = ids[:-1] | (ids[1:] << WORD_BITS)
    good = (ids[:-1] > 0) & (ids[1:] > 0) & (text_of[:-1] == text_of[1:])
    return np.concatenate([text_of[ids > 0], text_of[:-1][good]]), np.concatenate([ids[ids > 0], pair[good]])


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of feature: sorted numbers, and how rare each is (inverse document frequency, smoothed)."""

    keys: Keys
    rarity: Floats

    @classmethod
    def learn(cls, owner: Places, key: Keys, texts: int, least: int) -> Block:
        """Keep what occurs in at least that many texts."""
        from scipy.sparse import coo_array

        known, index = np.unique(key, return_inverse=True)
        # duplicates are summed on the way from triples to rows: what remains is one entry per text and feature
        entries = coo_array((np.ones(key.size), (owner.astype(np.int32), index.astype(np.int32))), shape=(texts, known.size)).tocsr()
        inside = np.bincount(entries.indices, minlength=known.size)
        kept = inside >= least
        return cls(known[kept], np.log((1 + texts) / (1 + inside[kept])) + 1)

    def matrix(self, owner: Places, key: Keys, texts: int) -> Any:
        """texts × features: (1 + log count) · rarity, each text of length 1 (SciPy CSR)."""
        from scipy.sparse import coo_array

        place = np.searchsorted(self.keys, key)
        place[place == self.keys.size] = 0
        known = self.keys[place] == key if self.keys.size else np.zeros(key.size, dtype=bool)
        matrix = coo_array(
            (np.ones(int(known.sum())), (owner[known].astype(np.int32), place[known].astype(np.int32))), shape=(texts, self.keys.size)
        ).tocsr()
        matrix.data = (1 + np.log(matrix.data)) * self.rarity[matrix.indices]
        rows = np.repeat(np.arange(texts), np.diff(matrix.indptr))
        length = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=texts))
        matrix.data /= length[rows]
        return matrix


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a model looks at: runs of characters, and words (empty where it does not look at them)."""

    characters: Block
    words: Block
    word_list: tuple[str, ...]

    @classmethod
    def learn(cls, texts: Sequence[str], words: Sequence[Sequence[str]] | None, least: int = 2) -> Vocabulary:
        """From plain texts and their words."""
        characters = Block.learn(*character_runs(texts), len(texts), least)
        if words is None:
            return cls(characters, Block(np.zeros(0, dtype=np.uint64), np.zeros(0)), ())
        counts = Counter(word for each in words for word in set(each))
        listed = tuple(sorted(word for word, times in counts.items() if times >= least))
        number = {word: place for place, word in enumerate(listed, 1)}
        return cls(characters, Block.learn(*word_runs(words, number), len(texts), least), listed)

    def matrix(self, texts: Sequence[str], words: Sequence[Sequence[str]] | None) -> Any:
        """texts × all features (SciPy CSR)."""
        from scipy.sparse import hstack

        characters = self.characters.matrix(*character_runs(texts), len(texts))
        if words is None or not self.word_list:
            return characters
        number = {word: place for place, word in enumerate(self.word_list, 1)}
        return hstack([characters, self.words.matrix(*word_runs(words, number), len(texts))], format="csr")

    def name(self, feature: int) -> str:
        """The characters or words of a feature."""
        if feature < self.characters.keys.size:
            return run_of(int(self.characters.keys[feature]))
        key = int(self.words.keys[feature - self.characters.keys.size])
        return "+".join(self.word_list[part - 1] for part in (key & 0xFFFFFFFF, key >> 32) if part)
