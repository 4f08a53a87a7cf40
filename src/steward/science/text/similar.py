"""Which texts say the same: near-duplicates, groups of wishes that no list has yet, and the words that mark them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import share
from steward.science.text.features import Vocabulary, character_runs, plain, words_of

if TYPE_CHECKING:
    from steward.science.guards import Floats
    from steward.science.text.features import Keys, Places

BANDS, ROWS = 20, 4
"""Two texts as alike as .7 are put side by side with probability .996, as .8 with .9999 (Broder 1997)."""
CROWD = 200
"""Of more texts than this that look alike each is compared with the first only: thousands of copies would make millions of pairs."""
MOST_AT_ONCE = 4_000
"""So many texts are grouped by comparing all; the others join the group they are nearest to."""
_STOP_WORDS = """
的 了 是 在 我 你 他 她 它 我们 你们 他们 和 与 或 就 都 也 还 又 很 太 不 没 没有 有 到 去 来 说 要 会 能 可以 这 那
这个 那个 这里 那里 什么 怎么 为什么 一个 一下 一直
自己 因为 所以 如果 但是 但 而 而且 然后 以及 对 对于 关于 从 被 把 让 给 用 吗 呢 吧 啊 呀 哦 了解 请 请问 您 您好 你好
谢谢 想 希望 需要 能否 是否 可否 有没有 已经 时候 现在
今天 昨天 明天 非常 比较 真的 觉得 感觉 还是 不是 就是 只是 不过 其实 应该 the a an and or of to in on for is are was were
be i you he she it we they my your this that with at by
as not no do does did have has had can could would please hello hi
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Twins:
    """Two near-duplicates: their positions, the earlier first, and how alike they are (Jaccard, 1: the same)."""

    left: int
    right: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word, in how many texts it stands, and how much it marks them (``weight``, the larger the more)."""

    word: str
    texts: int
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that say much the same: their positions, the nearest to the middle first; ``cohesion``: mean cosine with the
    middle; ``keywords``."""

    members: tuple[int, ...]
    cohesion: float
    keywords: tuple[Keyword, ...]


def near_duplicates(texts: Sequence[str], threshold: float = 0.8, *, seed: int = 0) -> tuple[Twins, ...]:
    """Pairs of texts that share at least that part of their runs of three characters (Jaccard), in order of position.

    Candidates by MinHash in 20 bands of 4 (Broder 1997), each checked exactly; of more than 200 copies each
    is paired with the first. Widths, case and blanks do not count; empty
    texts have no twins.
    Errors: ValueError.
    """
    share(threshold, "threshold")
    owner, keys, start = _shingles(texts)
    if start.size < 2:
        return ()
    signature = _signatures(keys, start, np.random.default_rng(seed))
    sets = np.split(keys, start[1:])
    found = []
    for left, right in sorted(_candidates(signature)):
        common = np.intersect1d(sets[left], sets[right], assume_unique=True).size
        alike = common / (sets[left].size + sets[right].size - common)
        if alike >= threshold:
            found.append(Twins(int(owner[left]), int(owner[right]), float(alike)))
    return tuple(found)


def _shingles(texts: Sequence[str]) -> tuple[Places, Keys, Places]:
    """The texts that have any, their distinct runs of three characters (shorter ones in texts too short for it), and where each
    text begins."""
    cleaned = [plain(text) for text in texts]
    text_of, keys = character_runs(cleaned)
    sizes = np.array([len(text) for text in cleaned], dtype=np.int64)
    length = np.where(keys >> np.uint64(42) > 0, 3, np.where(keys >> np.uint64(21) > 0, 2, 1))
    kept = length == np.minimum(sizes[text_of], 3)
    pairs = np.unique(np.stack([text_of[kept].astype(np.uint64), keys[kept]], axis=1), axis=0)
    owner, start = np.unique(pairs[:, 0], return_index=True)
    return owner.astype(np.int64), pairs[:, 1], start


def _signatures(keys: Keys, start: Places, rng: np.random.Generator) -> Keys:
    """texts × hashes: the least value of each random hash over the text's runs."""
    factors = rng.integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) | np.uint64(1)
    # spread the bits first: neighbouring characters differ in the low bits only
    spread = keys * np.uint64(0x9E3779B97F4A7C15)
    spread ^= spread >> np.uint64(32)
    return np.stack([np.minimum.reduceat((spread * factor) >> np.uint64(16), start) for factor in factors], axis=1)


def _candidates(signature: Keys) -> set[tuple[int, int]]:
    pairs: set[tuple[int, int]] = set()
    for band in range(BANDS):
        part = np.ascontiguousarray(signature[:, band * ROWS : (band + 1) * ROWS])
        order = np.lexsort(part.T)
        same = (part[order][1:] == part[order][:-1]).all(axis=1)
        for run in np.split(order, np.flatnonzero(~same) + 1):
            members = sorted(run.tolist())
            lead = len(members) if len(members) <= CROWD else 1
            pairs.update((left, right) for place, left in enumerate(members[:lead]) for right in members[place + 1 :])
    return pairs


def keywords(texts: Sequence[str], most: int = 20, *, background: Sequence[str] | None = None) -> tuple[Keyword, ...]:
    """The words that mark the texts, the strongest first.

    Against a ``background`` of other texts: how many standard errors a word is more frequent here (log odds with the background
    as prior, Monroe,
    Colaresi & Quinn 2008); only such above 0. Without one: number of texts times how rare the word's texts are. Words of one
    character, numbers and
    the usual small words are left out. Errors: MissingExtra without rjieba.
    """
    here = _counts(texts)
    if background is None:
        size = len(texts)
        weights = {word: times * float(np.log((1 + size) / (1 + times)) + 1) for word, times in here.items()}
    else:
        weights = _marking(here, _counts(background))
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:most]
    return tuple(Keyword(word, here[word], weight) for word, weight in ranked)


def _counts(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each word stands."""
    words = words_of([plain(text) for text in texts])
    return Counter(
        word
        for each in words
        for word in set(each)
        if len(word) > 1 and word not in STOP_WORDS and not word[0].isdigit() and word.isalnum()
    )


def _marking(here: Counter[str], there: Counter[str]) -> dict[str, float]:
    total_here, total_there = sum(here.values()), sum(there.values())
    prior, total_prior = {word: here[word] + there[word] + 0.01 for word in here}, total_here + total_there + 0.01 * len(here)
    weights = {}
    for word, times in here.items():
        a, b, p = times, there[word], prior[word]
        odds = np.log((a + p) / (total_here + total_prior - a - p)) - np.log((b + p) / (total_there + total_prior - b - p))
        weights[word] = float(odds / np.sqrt(1 / (a + p) + 1 / (b + p)))
    return {word: weight for word, weight in weights.items() if weight > 0}


def cluster(texts: Sequence[str], *, alike: float = 0.05, least: int = 3, most_keywords: int = 6, seed: int = 0) -> tuple[Group, ...]:
    """Groups of texts that say much the same, the largest first; texts like no other are in none.

    For wishes that no list has yet: contacts without a service, searches without a result. Runs of characters and words,
    TF-IDF, average linkage on
    the cosine; ``alike`` is how near (0 to 1) two groups must be on average to become one: .05 joins the same wish
    in other words, .15 only what is almost the same; texts taken at random are at .02. Above 4,000 texts, a random 4,000
    make the groups
    (``seed``) and the others join the nearest that is at least as near. Errors: MissingExtra without rjieba; ValueError.
    """
    share(alike, "alike")
    if len(texts) < max(least, 2):
        return ()
    matrix = _meaning(texts)
    chosen = np.arange(len(texts))
    if chosen.size > MOST_AT_ONCE:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, MOST_AT_ONCE, replace=False))
    labels = np.full(len(texts), -1)
    labels[chosen] = _average_linkage(matrix[chosen], alike)
    middles = _middles(matrix, labels)
    if chosen.size < len(texts):
        rest = np.flatnonzero(labels < 0)
        near = np.asarray((matrix[rest] @ middles.T).todense())
        labels[rest] = np.where(near.max(axis=1) >= alike, near.argmax(axis=1), -1)
        middles = _middles(matrix, labels)
    near = np.asarray(matrix.multiply(middles[np.maximum(labels, 0)]).sum(axis=1)).ravel()
    return _groups(texts, labels, near, least, most_keywords)


def _meaning(texts: Sequence[str]) -> Any:
    """texts × features, each of length 1 or 0, without the usual small words."""
    words = [[word for word in each if word not in STOP_WORDS and word.isalnum()] for each in words_of([plain(text) for text in texts])]
    kept = ["".join(f"{word} " if word.isascii() else word for word in each) for each in words]
    matrix = Vocabulary.learn(kept, words).matrix(kept, words)
    return (matrix * np.sqrt(0.5)).tocsr()  # two blocks of length 1 each


def _average_linkage(matrix: Any, alike: float) -> Places:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - np.asarray((matrix @ matrix.T).todense()), 0, None)
    np.fill_diagonal(distance, 0)
    labels: Places = fcluster(linkage(squareform(distance, checks=False), "average"), 1 - alike, "distance").astype(np.int64) - 1
    return labels


def _middles(matrix: Any, labels: Places) -> Any:
    """groups × features: the mean of each group, of length 1."""
    from scipy.sparse import coo_array, diags_array

    inside = np.flatnonzero(labels >= 0)
    membership = coo_array((np.ones(inside.size), (labels[inside], inside)), shape=(int(labels.max()) + 1, matrix.shape[0])).tocsr()
    middle = (membership @ matrix).tocsr()
    length = np.sqrt(np.asarray(middle.multiply(middle).sum(axis=1)).ravel())
    return (diags_array(1 / np.maximum(length, 1e-12)) @ middle).tocsr()


def _groups(texts: Sequence[str], labels: Places, near: Floats, least: int, most_keywords: int) -> tuple[Group, ...]:
    found = []
    for label in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == label)
        if members.size < least:
            continue
        members = members[np.lexsort((members, -near[members]))]
        others = [texts[place] for place in np.flatnonzero(labels != label).tolist()]
        marks = keywords([texts[place] for place in members.tolist()], most_keywords, background=others)
        found.append(Group(tuple(members.tolist()), float(near[members].mean()), marks))
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.members)))
