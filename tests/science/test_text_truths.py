"""Text against outside truths (steward.science.checks.text), and what every function must do with any text at all."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import must_hold, truths_of

from steward.science.checks import Truth
from steward.science.text import (
    Aspect,
    MissingExtra,
    NoData,
    NotAModel,
    Personal,
    SentimentModel,
    aspects,
    by_aspect,
    cluster,
    deidentify,
    is_bank_card,
    is_complaint,
    is_id_card,
    keywords,
    near_duplicates,
    segment,
    sentences,
    sentiment,
    train,
)
from steward.science.text.__main__ import main
from steward.science.text.features import character_runs, run_of
from steward.science.text.lexicon import VALUE

ANY = st.text(max_size=60)
SOME = st.text(alphabet="很不太好差贵慢服务员等了，。！但 ab1\n", max_size=30)


@pytest.mark.parametrize("truth", truths_of("text"))
def test_published(truth: Truth) -> None:
    if truth.slow:
        pytest.skip("long: python -m steward.science.check text --slow")
    must_hold(truth)


# --- A trained model ---

GOOD = [
    "服务热情周到",
    "房间干净舒适",
    "经理很有耐心",
    "早餐丰盛好吃",
    "办理很快很方便",
    "环境安静优雅",
    "very friendly staff",
    "价格实惠值得",
    "解释清楚",
    "下次还会来",
]
BAD = [
    "等了两个小时",
    "态度恶劣",
    "房间又脏又臭",
    "收费太贵了",
    "没人理我",
    "噪音很大睡不着",
    "rude and slow",
    "推来推去不解决",
    "菜都凉了",
    "再也不来了",
]
CORPUS = [f"{text}{tail}" for tail in ("", "。", "！真的", "，今天", "，上周") for text in (*GOOD, *BAD)]
LABELS = [1 if text[:4] in {good[:4] for good in GOOD} else 0 for text in CORPUS]


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    return train(CORPUS, LABELS, seed=3, name="small")


def test_the_card_says_what_was_measured(model: SentimentModel) -> None:
    card = model.card
    assert card is not None
    assert (card.texts, card.positive, card.negative, card.seed, card.folds, card.name) == (100, 50, 50, 3, 5, "small")
    assert card.accuracy >= 0.95
    assert card.accuracy_range[0] <= card.accuracy <= card.accuracy_range[1]
    assert len(card.data_hash) == 64
    assert "hint" in card.note
    assert sentiment(["太贵"], model).source == card.note


def test_training_again_gives_the_same_model(model: SentimentModel) -> None:
    again = train(CORPUS, LABELS, seed=3, name="small")
    np.testing.assert_array_equal(again.weight, model.weight)
    assert again.card == model.card
    assert train(CORPUS[:-1], LABELS[:-1], seed=3).card.data_hash != model.card.data_hash  # type: ignore[union-attr]


def test_a_model_comes_back_from_its_file(model: SentimentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "one.npz")
    back = SentimentModel.load(tmp_path / "one.npz")
    np.testing.assert_allclose(back.score(CORPUS), model.score(CORPUS), atol=1e-6)
    assert back.card == model.card
    with np.load(tmp_path / "one.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_what_is_no_model_is_refused(model: SentimentModel, tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    np.savez(tmp_path / "pickle.npz", head=np.array([{"format": 1}], dtype=object))
    for name in ("text", "other", "pickle"):
        with pytest.raises(NotAModel):
            SentimentModel.load(tmp_path / f"{name}.npz")
    with pytest.raises(OSError, match="none"):
        SentimentModel.load(tmp_path / "none.npz")


def test_scoring_does_not_depend_on_company_or_order(model: SentimentModel) -> None:
    together = model.score(CORPUS[:20])
    alone = np.concatenate([model.score([text]) for text in CORPUS[:20]])
    np.testing.assert_allclose(together, alone, atol=1e-12)
    assert model.score([]).size == 0
    assert model.score([""]).size == 1
    assert ((together >= 0) & (together <= 1)).all()


def test_a_model_says_why(model: SentimentModel) -> None:
    reasons = model.why("态度恶劣")
    assert reasons[0][1] < 0
    assert {"恶劣", "态度", "态度恶", "度恶劣", "恶", "劣", "态度+恶劣"} & {word for word, _ in reasons}
    assert model.why("") == ()


def test_scoring_needs_no_scikit_learn(model: SentimentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "one.npz")
    code = (
        "import sys; from pathlib import Path; from steward.science.text import SentimentModel;"
        f"SentimentModel.load(Path({str(tmp_path / 'one.npz')!r})).score(['很好']); sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[2] / "src").returncode == 0


def test_the_command_trains_measures_and_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "reviews.csv", tmp_path / "model.npz"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("text", "stars"), *((text, "good" if label else "bad") for text, label in zip(CORPUS, LABELS, strict=True))]
        )
    columns = ["--text", "text", "--label", "stars", "--positive", "good"]
    assert main(["train", str(table), "--out", str(out), "--seed", "3", "--no-words", *columns]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["texts"] == 100
    assert not card["words"]
    assert main(["measure", str(table), "--model", str(out), *columns]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] > 0.95
    assert main(["measure", str(table), *columns]) == 0
    assert "not a trained model" in json.loads(capsys.readouterr().out)["source"]
    assert main(["score", str(table), "--model", str(out), "--text", "text"]) == 0
    assert len(capsys.readouterr().out.split()) == 100
    assert main(["train", str(table), "--out", str(out), "--text", "nothing"]) == 2
    assert "no column" in capsys.readouterr().err


def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoData, match="at least 10"):
        train(["好"] * 30, [1] * 30)
    with pytest.raises(ValueError, match="one label"):
        train(["好"], [1, 0])
    with pytest.raises(ValueError, match="labels must"):
        train(CORPUS, [math.nan, *LABELS[1:]])
    with pytest.raises(ValueError, match="finite number"):
        near_duplicates(["a"], math.nan)
    with pytest.raises(ValueError, match="between 0 and 1"):
        cluster(["a"], alike=2)
    monkeypatch.setattr("steward.science.extras.find_spec", lambda _: None)
    for call in (lambda: segment("好"), lambda: keywords(["好"]), lambda: train(CORPUS, LABELS)):
        with pytest.raises(MissingExtra, match="learn"):
            call()


@given(ANY)
def test_runs_of_characters_are_those_of_the_text(text: str) -> None:
    text = text.replace("\0", "")
    owner, keys = character_runs([text, "x"])
    ours = sorted(run_of(int(key)) for key in keys[owner == 0])
    assert ours == sorted(text[place : place + size] for size in (1, 2, 3) for place in range(len(text) - size + 1))


# --- Rules ---


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("服务很好", 1), ("服务不好", -1), ("没有什么不好，很满意", 1), ("不是很满意", -1), ("态度差", -1), ("好像没人", 0), ("多少钱", 0), ("", 0),
        ("房间很干净，但是隔音太差，等了两个小时", -1), ("the staff was not helpful", -1), ("not bad, friendly staff", 1), ("差不多十点到", 0),
        ("I would like to book a table", 0), ("我们对贵公司没有意见", 0), ("！！！", 0), ("🙂", 0),
    ],
)  # fmt: skip
def test_praise_and_blame(text: str, sign: int) -> None:
    assert sentiment([text]).label[0] == sign


@pytest.mark.parametrize(
    ("text", "complaint", "shows"),
    [
        ("你好。我等了两个小时没人理，要求退款！谢谢。", True, "我等了两个小时没人理，要求退款！"),
        ("房间不错。但是前台态度恶劣，推诿。", True, "但是前台态度恶劣，推诿。"),
        ("请问怎么投诉？", False, ""),
        ("零投诉，服务好", False, ""),
        ("谢谢张经理耐心解释", False, ""),
        ("请问明天几点开门", False, ""),
        ("Hello. The staff were rude and nobody helped us. We want compensation.", True, "We want compensation."),
        ("Lovely stay, thank you!", False, ""),
        ("为什么还没处理", True, "为什么还没处理"),
        ("", False, ""),
    ],
)
def test_complaints_and_the_sentence_that_shows_them(text: str, complaint: bool, shows: str) -> None:
    sign = is_complaint(text)
    assert sign.complaint is complaint
    assert (sign.evidence.text if sign.evidence else "") == shows


def test_what_is_praised_and_blamed() -> None:
    found = {opinion.aspect: opinion for opinion in aspects("房间很干净，服务员态度，真的很差！价格有点贵。问了位置")}
    assert found[Aspect.CLEANLINESS].score > 0
    assert found[Aspect.ATTITUDE].score < 0
    assert found[Aspect.ATTITUDE].evidence.text == "真的很差！"
    assert found[Aspect.PRICE].score < 0
    assert found[Aspect.PLACE].score == 0
    counts = by_aspect(["价格贵", "价格便宜", "价格贵，太贵", "你好"])
    assert counts[Aspect.PRICE] == (1, 2, 0)


@given(SOME)
def test_evidence_stands_where_it_says(text: str) -> None:
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
    for opinion in aspects(text):
        assert text[opinion.evidence.start : opinion.evidence.end] == opinion.evidence.text
    sign = is_complaint(text)
    assert (sign.evidence is not None) == sign.complaint
    assert -1 <= sentiment([text]).score[0] <= 1


@given(st.sampled_from(sorted(word for word in VALUE if not word.isascii())), st.sampled_from(["服务", "今天", ""]))
def test_praise_is_never_blame(word: str, before: str) -> None:
    assert np.sign(VALUE[word]) == sentiment([f"{before}{word}"]).label[0]


@settings(max_examples=60)
@given(ANY)
def test_any_text_is_read_without_failing(text: str) -> None:
    sentiment([text])
    aspects(text)
    is_complaint(text)
    assert deidentify(text).text is not None
    assert "".join(segment(text)) == text


# --- Alike ---


def test_near_duplicates() -> None:
    texts = [
        "办理业务等了很久没有人理会我们",
        "今天天气很好",
        "办理业务等了很久没有人理会我们！",
        "",
        "办理业务 等了很久没有人理会我们",
        "好",
    ]
    found = near_duplicates(texts, 0.8)
    assert [(twins.left, twins.right) for twins in found] == [(0, 2), (0, 4), (2, 4)] or [(t.left, t.right) for t in found] == [(0, 2)]
    assert near_duplicates(["好", "好", "坏"], 0.9)[0].similarity == 1
    assert near_duplicates([]) == near_duplicates(["一"]) == ()


def test_near_duplicates_are_found_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    letters = [chr(0x4E00 + int(i)) for i in rng.integers(0, 3000, 6000)]
    base = ["".join(letters[place : place + 60]) for place in range(0, 6000, 60)]
    changed = [text[:30] + "改" + text[31:] for text in base]
    found = near_duplicates(base + changed, 0.8)
    assert {(twins.left, twins.right) for twins in found} == {(place, place + 100) for place in range(100)}
    assert found == near_duplicates(base + changed, 0.8, seed=0)


def test_a_wish_that_no_list_has_comes_up_as_one() -> None:
    people = ("孩子", "小孩", "宝宝", "儿童", "小朋友")
    wishes = (
        "能不能帮忙照看一下{}",
        "有没有{}托管服务",
        "大人办事时{}没人照看",
        "希望有地方托管{}",
        "请问可以帮忙看一下{}吗，托管也行",
        "{}托管怎么收费",
        "需要照看{}的服务",
        "有{}看护或托管吗",
    )
    wanted = [wish.format(child) for wish in wishes for child in people]
    others = [
        f"{what}{how}"
        for what in ("停车场", "发票", "早餐", "网络密码", "会员积分", "房卡", "空调遥控器", "信用卡账单")
        for how in ("在哪里", "怎么弄", "坏了", "什么时候有")
    ]
    groups = cluster(wanted + others)
    assert len(wanted) == 40
    assert len([place for place in groups[0].members if place < 40]) == len(groups[0].members)
    assert len(groups[0].members) >= 36
    assert {"托管", "照看"} & {mark.word for mark in groups[0].keywords}
    assert cluster([]) == cluster(["一"]) == ()


def test_keywords_against_a_background() -> None:
    here, there = ["排队太久", "排队等候", "排队排队"], ["早餐好吃", "早餐丰盛", "房间干净"]
    marks = keywords(here, background=there)
    assert marks[0].word == "排队"
    assert marks[0].texts == 3
    assert all(mark.word != "早餐" for mark in marks)
    assert keywords(here)[0].word == "排队"
    assert keywords([]) == ()


# --- Persons taken out ---


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("王经理让我打13812345678找李小红女士", "【姓名】经理让我打【电话】找【姓名】女士"),
        ("身份证11010519491231002X，卡号4111 1111 1111 1111", "身份证【身份证】，卡号【银行卡】"),
        ("订单号2024112233445566，编号110105194912310021", "订单号2024112233445566，编号110105194912310021"),
        ("我叫张三，邮箱 a.b@c.com.cn，微信号abc_12345", "我叫【姓名】，邮箱 【邮箱】，微信号【账号】"),
        ("我向经理反映，高级经理不理，携程小姐推荐", "我向经理反映，高级经理不理，携程小姐推荐"),
        ("欧阳主任和曾老师 0571-87654321", "【姓名】主任和【姓名】老师 【电话】"),
        ("车牌粤B12345，一位姓陈的小姐", "车牌【车牌】，一位姓【姓名】的小姐"),
        ("Mr. John Smith, +44 20 7946 0958", "Mr. 【姓名】, 【电话】"),
        ("+86 138-1234-5678", "【电话】"),
    ],
)
def test_persons_are_taken_out(text: str, masked: str) -> None:
    result = deidentify(text)
    assert result.text == masked
    assert deidentify(result.text).found == ()


def test_only_what_is_asked_for() -> None:
    assert deidentify("王经理 13812345678", {Personal.PHONE: "*"}).text == "王经理 *"


@given(st.integers(10**14, 10**15 - 1))
def test_one_last_digit_of_ten_is_right(stem: int) -> None:
    if len(set(str(stem))) > 1:
        assert sum(is_bank_card(f"{stem}{digit}") for digit in range(10)) == 1


@given(st.dates(), st.integers(0, 999))
def test_one_check_digit_of_eleven_is_right(born: object, order: int) -> None:
    stem = f"330106{str(born).replace('-', '')}{order:03d}"
    right = sum(is_id_card(stem + last) for last in "0123456789X")
    assert right == (1 if 1900 <= int(str(born)[:4]) <= 2099 else 0)


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, steward.science.text; sys.exit(any(x in sys.modules for x in ('sklearn', 'rjieba', 'scipy')))"
    source = Path(__file__).resolve().parents[2] / "src"
    assert subprocess.run([sys.executable, "-c", code], cwd=source).returncode == 0
