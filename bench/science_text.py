"""text: texts a second, beside scikit-learn's own pipeline for the trained model."""

from __future__ import annotations

import time

import numpy as np
from measured import import_seconds, installed, per_second

from steward.science.text import aspects, cluster, deidentify, is_complaint, near_duplicates, segment, sentiment, train

PRAISE = ("服务热情周到", "房间干净舒适", "早餐丰盛可口", "前台办理入住很快", "位置方便离地铁近", "解释得很清楚", "价格实惠")
BLAME = ("等了两个小时没人理", "态度恶劣推来推去", "隔音太差睡不着", "收费太贵不透明", "空调坏了没人修", "菜都凉了", "打不通电话")
PLAIN = ("我是上周三来的", "一共住了两个晚上", "和家人一起", "在二楼窗口", "朋友介绍的", "下着雨", "带着孩子", "当时大概十点")
NEEDED = 5_000


def reviews(count: int, rng: np.random.Generator) -> tuple[list[str], list[int]]:
    """Written reviews of some 60 characters, one in ten with the other label's words in it."""
    texts, labels = [], []
    for label in rng.integers(0, 2, count).tolist():
        pool = (BLAME, PRAISE)[label if rng.random() > 0.1 else 1 - label]
        parts = [*rng.choice(pool, 3), *rng.choice(PLAIN, 4)]
        texts.append("，".join(parts[place] for place in rng.permutation(len(parts))) + "。")
        labels.append(label)
    return texts, labels


def text() -> dict[str, object]:
    texts, labels = reviews(4_000, np.random.default_rng(1))
    size = len(texts)
    report: dict[str, object] = {
        "import_seconds": round(import_seconds("steward.science.text"), 3),
        "characters_per_text": round(sum(map(len, texts)) / size),
        "sentiment_by_rules_per_second": round(per_second(lambda: sentiment(texts), size)),
        "aspects_per_second": round(per_second(lambda: [aspects(each) for each in texts], size)),
        "is_complaint_per_second": round(per_second(lambda: [is_complaint(each) for each in texts], size)),
        "deidentify_per_second": round(per_second(lambda: [deidentify(each) for each in texts], size)),
        "near_duplicates_of_4000_per_second": round(per_second(lambda: near_duplicates(texts, 0.9), size)),
    }
    if not (installed("sklearn") and installed("rjieba")):
        return report | {"trained": "needs the extra learn"}
    began = time.perf_counter()
    model = train(texts, labels)
    seconds = time.perf_counter() - began
    scored = per_second(lambda: model.score(texts), size)
    report |= {
        "segment_per_second": round(per_second(lambda: [segment(each) for each in texts], size)),
        "train_and_measure_4000_seconds": round(seconds, 1),
        "score": {"texts_per_second": round(scored), "needed": NEEDED, "within_budget": scored >= NEEDED},
        "cluster_1000_texts_seconds": round(1 / per_second(lambda: cluster(texts[:1_000])), 2),
        "peer": {"sklearn_characters_only_scored_per_second": round(_peer(texts, labels))},
    }
    return report


def _peer(texts: list[str], labels: list[int]) -> float:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    peer = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2), LinearSVC(random_state=0))
    peer.fit(texts, labels)
    return per_second(lambda: peer.decision_function(texts), len(texts))


BENCHES = {"text": text}
