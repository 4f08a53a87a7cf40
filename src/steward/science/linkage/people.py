"""Chinese persons who do not exist, written down several times with known errors: the truth for tests, benches and demonstrations.

Names follow the real frequency of surnames and the fashion of given names, so that namesakes occur as often as they do. Some persons give the
telephone of a relative at the same address, often with the same surname and sometimes of the same age as a brother: who they are is known, and
they must not be merged.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np

from steward.science.guards import finite
from steward.science.linkage.names import CONFUSED, FIRST, SECOND, SINGLE, SURNAMES, VARIANTS

COLUMNS = ("name", "phone", "email", "birth_date", "address")
MAIL_HOSTS = ("qq.com", "163.com", "126.com", "sina.com", "outlook.com", "foxmail.com")
PLACES = (
    ("浙江省", "杭州市", ("西湖区", "拱墅区", "上城区", "滨江区")),
    ("江苏省", "南京市", ("玄武区", "鼓楼区", "建邺区", "江宁区")),
    ("广东省", "深圳市", ("南山区", "福田区", "罗湖区", "宝安区")),
    ("四川省", "成都市", ("锦江区", "武侯区", "青羊区", "成华区")),
    ("湖北省", "武汉市", ("江汉区", "武昌区", "洪山区", "汉阳区")),
    ("", "上海市", ("徐汇区", "浦东新区", "静安区", "长宁区")),
    ("", "北京市", ("海淀区", "朝阳区", "东城区", "丰台区")),
)
ROADS = (
    "人民",
    "解放",
    "中山",
    "文三",
    "建设",
    "和平",
    "新华",
    "学院",
    "长江",
    "黄河",
    "湖滨",
    "体育场",
    "庆春",
    "延安",
    "科技",
    "滨江",
    "青年",
    "朝阳",
)
ROAD_KINDS = ("路", "东路", "西路", "南路", "北路", "街", "大道")
PREFIXES = (
    "130",
    "131",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "158",
    "159",
    "176",
    "180",
    "181",
    "186",
    "188",
    "189",
    "199",
)
Address = tuple[str, str, str, str, int, int, int]
"""Province, city, district, road, number, block, room."""
TAKEN_ON = date(2026, 1, 1)
"""Ages are counted back from this day."""


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Shares between 0 and 1. ``variant``: a character of the name replaced by a traditional form or one that sounds the same; ``pinyin``: the name
    in Latin letters; ``digit``: one wrong digit, in a phone number and in a birth date each; ``missing``: each field but the name left out, and
    the name too; ``moved``: another address, of a removal that other records do not know of; all of these per record. ``family_phone``: persons
    who give a relative's number."""

    variant: float = 0.03
    pinyin: float = 0.05
    digit: float = 0.04
    missing: float = 0.10
    moved: float = 0.03
    family_phone: float = 0.08

    def __post_init__(self) -> None:
        for field in fields(self):
            if not 0 <= finite(getattr(self, field.name), field.name) <= 1:
                raise ValueError(f"{field.name} must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class People:
    """``records`` as they were written down, in random order; ``person``: whose each one is; ``shared``: persons with a relative's number."""

    records: tuple[dict[str, str | None], ...]
    person: tuple[int, ...]
    shared: frozenset[int]


@dataclass(slots=True)
class _Person:
    surname: str
    given: str
    reading: tuple[str, str]
    phone: str
    email: str | None
    born: date
    address: Address


def people(
    persons: int,
    rng: np.random.Generator,
    rates: ErrorRates | None = None,
    copies: tuple[float, ...] = (0.45, 0.30, 0.15, 0.10),
    with_email: float = 0.6,
) -> People:
    """Write down that many persons. copies: shares of persons with one record, two, and so on; with_email: share of persons who have one.
    The same rng state gives the same people. Errors: ValueError."""
    if persons < 0:
        raise ValueError("persons must not be below 0")
    rates = rates or ErrorRates()
    everybody, shared = _population(persons, rng, rates, with_email)
    shares = np.array(copies, dtype=float)
    how_often = rng.choice(len(copies), size=persons, p=shares / shares.sum()) + 1 if persons else np.zeros(0, dtype=int)
    owner = np.repeat(np.arange(persons), how_often)
    owner = owner[rng.permutation(owner.size)]
    return People(tuple(_write(everybody[who], rng, rates) for who in owner.tolist()), tuple(owner.tolist()), shared)


def _population(persons: int, rng: np.random.Generator, rates: ErrorRates, with_email: float) -> tuple[list[_Person], frozenset[int]]:
    surnames = list(SURNAMES)
    weights = np.array([SURNAMES[surname][1] for surname in surnames])
    drawn = rng.choice(len(surnames), size=persons, p=weights / weights.sum())
    everybody = [_person(surnames[which], rng, with_email) for which in drawn.tolist()]
    shared = rng.random(persons) < rates.family_phone
    heads = np.flatnonzero(~shared)
    if heads.size == 0:
        return everybody, frozenset()
    for who in np.flatnonzero(shared).tolist():
        _move_in(everybody[who], everybody[int(rng.choice(heads))], rng)
    return everybody, frozenset(np.flatnonzero(shared).tolist())


def _move_in(person: _Person, head: _Person, rng: np.random.Generator) -> None:
    """Make a person a relative of another: same number and address; seven in ten bear the same surname; parent, child, sibling or spouse by age."""
    person.phone, person.address = head.phone, head.address
    if rng.random() < 0.7:
        person.surname, person.reading = head.surname, (head.reading[0], person.reading[1])
    years = int(rng.choice([-28, -25, -3, 0, 2, 26, 30]))
    person.born = head.born + timedelta(days=years * 365 + int(rng.integers(-400, 400)))


def _person(surname: str, rng: np.random.Generator, with_email: float) -> _Person:
    sex = int(rng.integers(2))
    tables = (SINGLE,) if rng.random() < 0.25 else (FIRST, SECOND)
    parts = [_by_fashion(table[sex], rng) for table in tables]
    given, reading = "".join(character for character, _ in parts), "".join(sound for _, sound in parts)
    head = SURNAMES[surname][0]
    email = None
    if rng.random() < with_email:
        host = MAIL_HOSTS[int(rng.integers(len(MAIL_HOSTS)))]
        email = f"{(reading + head, head + reading, head[0] + reading)[int(rng.integers(3))]}{int(rng.integers(10, 9999))}@{host}"
    return _Person(
        surname,
        given,
        (head, reading),
        PREFIXES[int(rng.integers(len(PREFIXES)))] + f"{int(rng.integers(10**8)):08d}",
        email,
        TAKEN_ON - timedelta(days=int(rng.integers(16 * 365, 85 * 365))),
        _address(rng),
    )


def _address(rng: np.random.Generator) -> Address:
    province, city, districts = PLACES[int(rng.integers(len(PLACES)))]
    road = ROADS[int(rng.integers(len(ROADS)))] + ROAD_KINDS[int(rng.integers(len(ROAD_KINDS)))]
    number, block, floor, door = (int(rng.integers(1, end)) for end in (900, 31, 30, 5))
    return province, city, districts[int(rng.integers(len(districts)))], road, number, block, floor * 100 + door


def _by_fashion(characters: tuple[tuple[str, str], ...], rng: np.random.Generator) -> tuple[str, str]:
    """The more usual come first: the weight falls with the rank, as names do (Zipf with an offset)."""
    weights = 1 / (np.arange(len(characters)) + 4.0)
    return characters[int(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random()))]


def _write(person: _Person, rng: np.random.Generator, rates: ErrorRates) -> dict[str, str | None]:
    record: dict[str, str | None] = {
        "name": _written_name(person, rng, rates),
        "phone": _written_phone(_slip(person.phone, rng, rates.digit), rng),
        "email": person.email,
        "birth_date": _written_date(_slip(f"{person.born:%Y%m%d}", rng, rates.digit), rng),
        "address": _written_address(_address(rng) if rng.random() < rates.moved else person.address, rng),
    }
    for column in COLUMNS:
        if rng.random() < rates.missing:
            record[column] = None
    return record


def _written_name(person: _Person, rng: np.random.Generator, rates: ErrorRates) -> str:
    chance = rng.random()
    if chance < rates.pinyin:
        head, tail = (part.capitalize() for part in person.reading)
        return (f"{head} {tail}", f"{head} {tail}".upper(), f"{tail} {head}", f"{tail} {head.upper()}")[int(rng.integers(4))]
    whole = person.surname + person.given
    if chance < rates.pinyin + rates.variant:
        places = [place for place, letter in enumerate(whole) if letter in VARIANTS or (place and letter in CONFUSED)]
        if places:
            place = places[int(rng.integers(len(places)))]
            choices = (*VARIANTS.get(whole[place], ()), *(CONFUSED.get(whole[place], ()) if place else ()))
            return whole[:place] + choices[int(rng.integers(len(choices)))] + whole[place + 1 :]
    return whole


def _slip(digits: str, rng: np.random.Generator, rate: float) -> str:
    if rng.random() >= rate:
        return digits
    place = int(rng.integers(2, len(digits)))
    wrong = (int(digits[place]) + int(rng.integers(1, 10))) % 10
    return f"{digits[:place]}{wrong}{digits[place + 1 :]}"


def _written_phone(digits: str, rng: np.random.Generator) -> str:
    a, b, c = digits[:3], digits[3:7], digits[7:]
    return (digits, digits, f"{a}-{b}-{c}", f"{a} {b} {c}", f"+86 {digits}", f"86{digits}")[int(rng.integers(6))]


def _written_date(digits: str, rng: np.random.Generator) -> str:
    year, month, day = digits[:4], digits[4:6], digits[6:]
    return (f"{year}-{month}-{day}", f"{year}/{month}/{day}", digits, f"{year}年{month}月{day}日")[int(rng.integers(4))]


def _written_address(address: Address, rng: np.random.Generator) -> str:
    province, city, district, road, number, block, room = address
    form = int(rng.integers(4))
    if form == 0:
        return f"{province}{city}{district}{road}{number}号{block}幢{room}室"
    if form == 1:
        return f"{city}{district}{road}{number}号{block}号楼{room}"
    if form == 2:
        return f"{city.removesuffix('市')}{district}{road}{number}号{block}-{room}"
    return f"{city}{district}{road}{number}号{block}栋{room}室"
