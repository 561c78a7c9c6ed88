"""Programming courses and books; the people are simulated."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from catalog.demo.dataset import DemoCatalog, DemoItem, read_rows
from catalog.demo.labels import TOPICS_EN
from catalog.demo.simulation import (
    Behaviour,
    SimulatedCatalog,
    arrivals,
    paths,
    simulate,
    word_weights,
)
from catalog.demo.texts import COURSES
from catalog.demo.words import words_of

_LANGUAGES = {"English": "en", "Chinese": "zh-hans"}
_KINDS = {"course": "Course", "book": "Book"}
#: Topic -> the topics that people visit next, with shares.
FOLLOWS: dict[str, dict[str, float]] = {
    "Programming": {"Python": 0.5, "JavaScript": 0.3, "Computer Science": 0.2},
    "Scratch": {"Python": 0.7, "Game Development": 0.3},
    "Python": {
        "Data Science": 0.6,
        "Machine Learning": 0.2,
        "Web Development": 0.1,
        "Databases": 0.1,
    },
    "R": {"Data Science": 0.7, "Machine Learning": 0.3},
    "Data Science": {"Machine Learning": 0.8, "Big Data": 0.1, "Databases": 0.1},
    "Machine Learning": {"Deep Learning": 0.6, "Artificial Intelligence": 0.4},
    "Deep Learning": {
        "Artificial Intelligence": 0.6,
        "Computer Vision": 0.2,
        "Prompt Engineering": 0.2,
    },
    "Mathematics": {
        "Algorithms & Data Structures": 0.6,
        "Machine Learning": 0.2,
        "Cryptography": 0.2,
    },
    "Algorithms & Data Structures": {
        "Computer Science": 0.5,
        "Competitive Programming": 0.3,
        "System Design": 0.2,
    },
    "Computer Science": {
        "Operating Systems": 0.4,
        "Compiler Design": 0.3,
        "Theoretical Computer Science": 0.3,
    },
    "HTML and CSS": {"JavaScript": 0.8, "Web Development": 0.2},
    "JavaScript": {"TypeScript": 0.6, "Web Development": 0.4},
    "TypeScript": {"Nest.js": 0.6, "Software Architecture": 0.4},
    "Java": {"Android": 0.4, "Kotlin": 0.3, "Scala": 0.3},
    "Kotlin": {"Android": 1.0},
    "Swift": {"iOS": 1.0},
    "Dart": {"Flutter": 1.0},
    "C": {"C++": 0.5, "Operating Systems": 0.3, "Assembly Language": 0.2},
    "C++": {"Game Development": 0.5, "Graphics Programming": 0.3, "Rust": 0.2},
    "Arduino": {"Embedded Systems": 0.5, "Robotics": 0.5},
    "Linux": {"Bash": 0.5, "Networking": 0.2, "DevOps": 0.3},
    "Bash": {"DevOps": 0.6, "Docker": 0.4},
    "Docker": {"Kubernetes": 0.6, "Cloud Computing": 0.4},
    "DevOps": {"Cloud Computing": 0.5, "Containers": 0.5},
    "Networking": {"Security": 0.7, "Cloud Computing": 0.3},
    "PHP": {"WordPress": 0.5, "Databases": 0.5},
    "Databases": {"SQL": 0.4, "NoSQL": 0.3, "PostgreSQL": 0.3},
    "Haskell": {"Functional Programming": 0.5, "Theoretical Computer Science": 0.5},
    "Version Control Systems": {"Open Source Ecosystem": 0.6, "Software Engineering": 0.4},
}
BEHAVIOUR = Behaviour(
    start=int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()),
    end=int(datetime(2025, 6, 30, tzinfo=UTC).timestamp()),
    people=2_400,
    readers={("en",): 0.6, ("zh-hans",): 0.15, ("en", "zh-hans"): 0.25},
)


def build(data: Path, rng: np.random.Generator) -> DemoCatalog:
    rows = list(read_rows(data / "free-programming-courses-and-books"))
    arrival = arrivals(len(rows), BEHAVIOUR, rng)
    items = [item_of(row, int(time)) for row, time in zip(rows, arrival, strict=True)]
    log = simulate(simulated_catalog_of(items), BEHAVIOUR, rng)
    return DemoCatalog(slug="courses", fields=COURSES, items=items, log=log)


def item_of(row: dict[str, str], arrival: int) -> DemoItem:
    kind, *topics, language = row["categories"].split("|")
    topics = list(dict.fromkeys(topic_name(topic) for topic in topics))
    note = _note(row["description"])
    title = row["title"].replace("\\|", "|").replace("\\", "").strip()
    return DemoItem(
        item_id=row["item_id"],
        title=title,
        description=_description(_KINDS[kind], topics, note, _LANGUAGES[language]),
        categories=[*topics, _KINDS[kind]],
        language=_LANGUAGES[language],
        provider=_provider(note),
        attributes={"url": row["item_id"], "level": level_of(title)},
        created_at=datetime.fromtimestamp(arrival, UTC),
    )


def topic_name(topic: str) -> str:
    """ "0 - MOOC" as "MOOC"; Chinese topics as the English name with the same meaning."""
    plain = re.sub(r"^\d+ - ", "", topic).strip()
    return TOPICS_EN.get(plain, plain)


def level_of(title: str) -> int:
    """0 for beginners, 2 for advanced, otherwise 1, by the title."""
    text = title.lower()
    if re.search(
        r"beginner|introduct|intro\b|basics?\b|getting started|learn(ing)? to|crash course"
        r"|入门|基础|初学|新手",
        text,
    ):
        return 0
    return (
        2
        if re.search(
            r"advanced|expert|deep dive|in depth|internals|mastering|进阶|高级|深入|精通|原理", text
        )
        else 1
    )


def simulated_catalog_of(items: list[DemoItem]) -> SimulatedCatalog:
    topics = sorted({item.categories[0] for item in items})
    index = {topic: number for number, topic in enumerate(topics)}
    return SimulatedCatalog(
        topics=topics,
        topic=np.array([index[item.categories[0]] for item in items], dtype=np.int32),
        language=np.array([item.language for item in items]),
        level=np.array([item.attributes["level"] for item in items], dtype=np.int8),
        words=word_weights(
            [words_of(f"{item.title} {' '.join(item.categories[1:-1])}") for item in items]
        ),
        follows=paths(FOLLOWS, topics),
        arrival=np.array(
            [int(item.created_at.timestamp()) for item in items if item.created_at], dtype=np.int64
        ),
    )


def _note(description: str) -> str:
    """What the list has beside the title: author, format, remarks."""
    _topic, _dot, note = description.partition(". ")
    return re.sub(r"\s+", " ", re.sub(r":\w+:|`|\btrl\.:", " ", note.replace("\\", ""))).strip()


def _provider(note: str) -> str:
    """The author or the school, without remarks in brackets."""
    plain = re.sub(r"\s*[(\[《].*", "", note)
    return plain.removeprefix("Compiled from ").strip(" .,;-")[:200]


def _description(kind: str, topics: list[str], note: str, language: str) -> str:
    if language == "en":
        start = f"{kind} on {' / '.join(topics)}"
        return f"{start}. {note}" if note else f"{start}."
    start = f"{' / '.join(topics)}{'图书' if kind == 'Book' else '课程'}"
    return f"{start}。{note}" if note else f"{start}。"
