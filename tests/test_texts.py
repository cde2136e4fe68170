"""Texts that people read, in English, Japanese and Vietnamese: none is missing, none is a copy of the English."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import factors, library, methodology

THREE = {"en", "ja", "vi"}
#: keys of a methodology whose value is a text for people
METHODOLOGY = {"title", "note", "measure", "label", "help", "frequency", "ask", "message", "conflict"}
#: keys of a factor whose value is a text for people
FACTOR = {"label", "name", "note", "conflict"}
METHODOLOGIES = [str(p.relative_to(ROOT)) for p in sorted((ROOT / "carboncalc" / "methodologies").rglob("*.yaml"))]
TOPICS = sorted({str(p.relative_to(ROOT)) for p in (ROOT / "factors").rglob("*.yaml")} - {"factors/sources.yaml"})
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))

KANA_OR_KANJI = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


@cache
def read(path: str) -> Any:
    return library.read(str(ROOT / path)).data


def texts(data: Any, keys: set[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk to every text for people: the values of the keys, the lines of what is left out, the words to choose from.

    The `title` within a `source` is a citation, which stays as it is printed.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            here = f"{path}.{key}"
            if key == "not_covered":
                yield from ((f"{here}[{i}]", line) for i, line in enumerate(value))
            elif (key == "text" and isinstance(value, (dict, list))) or (key == "of" and "shares" in data):
                assert isinstance(value, dict), f"{here}: the words to choose from have names"
                yield from ((f"{here}.{word}", name) for word, name in value.items())
            elif key in keys and not path.endswith(".source"):
                yield here, value
            else:
                yield from texts(value, keys, here)
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from texts(value, keys, f"{path}[{i}]")


def faults(text: Any) -> list[str]:
    """Tell what is wrong with a text in three languages."""
    if not isinstance(text, dict) or set(text) != THREE:
        return ["not in en, ja and vi"]
    wrong = [f"{language} is empty or padded" for language in THREE if not text[language] or text[language] != text[language].strip()]
    words = re.findall(r"[A-Za-z]{2,}", text["en"])
    if len(words) > 2:  # shorter ones may be names, gases and units
        wrong += [f"{language} is the English" for language in ("ja", "vi") if text[language] == text["en"]]
    if len(words) > 3 and not KANA_OR_KANJI.search(text["ja"]):
        wrong.append("ja has neither kana nor kanji")
    if len(text["vi"].split()) > 4 and words and text["vi"].isascii():
        wrong.append("vi has no letter with a mark")
    if KANA_OR_KANJI.search(text["vi"]) or KANA_OR_KANJI.search(text["en"]):
        wrong.append("Japanese in another language")
    code = [sorted(set(re.findall(r"`[^`]+`", text[language]))) for language in ("en", "ja", "vi")]
    if not code[0] == code[1] == code[2]:
        wrong.append("words of the project file differ between the languages")
    return wrong


@pytest.mark.parametrize("path", METHODOLOGIES)
def test_a_methodology_speaks_three_languages(path: str) -> None:
    found = list(texts(read(path), METHODOLOGY))
    assert any(key == ".title" for key, _ in found)
    assert {key: wrong for key, text in found if (wrong := faults(text))} == {}


@pytest.mark.parametrize("path", TOPICS)
def test_factors_speak_three_languages(path: str) -> None:
    found = list(texts(read(path)["factors"], FACTOR))
    assert len(found) >= len(read(path)["factors"])
    assert {key: wrong for key, text in found if (wrong := faults(text))} == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ({"en": "Is the plant new?", "ja": "設備は新設か。"}, "not in en, ja and vi"),
        ("Is the plant new?", "not in en, ja and vi"),
        ({"en": "Is the plant new?", "ja": "Is the plant new?", "vi": "Nhà máy có mới không?"}, "ja is the English"),
        ({"en": "Is the plant new?", "ja": "Setsubi wa shinsetsu ka", "vi": "Nhà máy có mới không?"}, "ja has neither kana nor kanji"),
        ({"en": "Is the plant new?", "ja": "設備は新設か。", "vi": "Nha may co moi khong"}, "vi has no letter with a mark"),
        (
            {"en": "Write `no: 1` for none", "ja": "`no: 2`と書く", "vi": "Ghi `no: 1` nếu không có"},
            "words of the project file differ between the languages",
        ),
    ],
)
def test_the_look_at_a_text_sees_what_is_wrong(text: Any, wrong: str) -> None:
    assert wrong in faults(text)


@pytest.mark.parametrize("key", ["note", "ask", "help", "message", "measure", "label", "not_covered", "text", "frequency"])
def test_one_missing_text_is_seen(key: str) -> None:
    """Each kind of text occurs, and a file that loses one language of one of them fails."""
    for path in METHODOLOGIES:
        for name, text in texts(read(path), METHODOLOGY):
            if name.rpartition(".")[2].startswith(key) or f".{key}." in name:
                assert faults(text) == []
                assert faults({k: v for k, v in text.items() if k != "vi"}) == ["not in en, ja and vi"]
                return
    raise AssertionError(f"no methodology has a `{key}`")


def test_a_word_to_choose_has_one_name_everywhere() -> None:
    """The result keeps the names of the words chosen side by side, so a word must not mean two things."""
    names: dict[str, dict[str, str]] = {}
    for path in METHODOLOGIES:
        for key, text in texts(read(path), METHODOLOGY):
            if ".text." in key or ".of." in key:
                word = key.rpartition(".")[2]
                assert names.setdefault(word, text) == text, (path, word)
    assert len(names) > 70


def test_a_measure_is_called_the_same_in_every_methodology() -> None:
    names: dict[str, dict[str, str]] = {}
    for path in METHODOLOGIES:
        measure = read(path).get("measure")
        if measure:
            assert names.setdefault(measure["en"], measure) == measure, path


def test_every_fuel_has_a_name() -> None:
    for fuel in factors.fuels():
        assert faults(factors.fuel(fuel)) == [], fuel
    names = [factors.fuel(fuel)[language] for language in sorted(THREE) for fuel in factors.fuels()]
    assert len(names) == len(set(names)) + sum(factors.fuel(f)["en"] == factors.fuel(f)["vi"] for f in factors.fuels())


def test_a_label_is_the_one_of_the_file() -> None:
    for path in TOPICS:
        for id_, entry in read(path)["factors"].items():
            assert factors.label(id_) == entry["label"], id_
    assert factors.label("fuel.no-such-thing.co2") is None
    assert factors.label("no-such-topic.x") is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_result_speaks_three_languages(path: Any) -> None:
    """Whatever a renderer may show of a result by name has a name in each language."""
    result = carboncalc.estimate(path).to_dict()
    wrong = {name: faults(row["label"]) for name, row in result["symbols"].items() if faults(row["label"])}
    wrong |= {row["id"]: faults(row["ask"]) for row in result["applicability"] if row["ask"] and faults(row["ask"])}
    wrong |= {word: faults(name) for word, name in result["choices"].items() if faults(name)}
    for row in [*result["steps"], *result["quantities"]]:
        name = row["name"]
        if f"{row.get('measure')}.{name}" not in result["symbols"] and name not in result["symbols"]:
            wrong[name] = ["no symbol"]
    for row in result["quantities"]:
        for key in ("note", "conflict"):
            if isinstance(row[key], dict) and faults(row[key]):
                wrong[f"{row['name']}.{key}"] = faults(row[key])
    for method in [result["methodology"], *(m["methodology"] for m in result["measures"] or [])]:
        for key in ("title", "note"):
            if method and method[key] and faults(method[key]):
                wrong[f"{method['id']}.{key}"] = faults(method[key])
    assert wrong == {}


def test_the_words_chosen_are_named_in_the_result() -> None:
    """Options, fuels and types of waste, each as the project writes it."""
    buses = carboncalc.estimate(ROOT / "examples" / "cat-ba-electric-buses.yaml").to_dict()
    assert buses["choices"]["diesel"] == {"en": "diesel (gas/diesel oil)", "ja": "軽油", "vi": "dầu diesel (DO)"}
    waste = carboncalc.estimate(ROOT / "examples" / "trang-cat-composting.yaml").to_dict()
    assert {q["index"]["waste_type"] for q in waste["quantities"] if "waste_type" in q["index"]} <= set(waste["choices"])
    assert waste["choices"]["food"]["ja"] == "食品廃棄物"
    site = next(q["value"] for q in waste["quantities"] if q["name"] == "disposal_site")
    assert waste["choices"][site]["vi"]


def test_a_moved_factor_says_so_in_three_languages() -> None:
    """`conservative: true` adds to the note of the library; the user's own words stay as they are."""
    data = dict(library.read(str(ROOT / "examples" / "cat-ba-electric-buses.yaml")).data)
    moved = [q for q in carboncalc.estimate({**data, "conservative": True}).to_dict()["quantities"] if isinstance(q["note"], dict)]
    told = [q["note"] for q in moved if "conservative end" in q["note"]["en"]]
    assert told
    assert all("保守側" in note["ja"] and "thận trọng" in note["vi"] for note in told)


def test_a_methodology_keeps_its_words_in_the_order_written() -> None:
    spec = methodology.load("cdm/ams-iii-h").inputs["baseline_treatment"]
    assert spec["text"] == list(spec["choices"])
    assert spec["text"][0] == "anaerobic-lagoon-deep"
