"""The questions: how their files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.sparql.competency_questions import Question, questions, read_question

HEAD = "# title: Who?\n# description: Somebody.\n# keywords: who, else\n"
QUERY = "\nASK { ?s ?p ?o }\n"


def write(folder: Path, content: str, name: str = "who.rq") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def test_a_file_is_read_as_a_question(tmp_path: Path) -> None:
    text = HEAD.replace("Somebody.", "Somebody\n#   or nobody.\n#   Who knows?") + QUERY
    assert read_question(write(tmp_path, text)) == Question(
        "who", "Who?", "Somebody or nobody. Who knows?", ("who", "else"), text
    )


def test_questions_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a-c", "a"):
        write(tmp_path, HEAD + QUERY, f"{name}.rq")
    write(tmp_path, "not a question", "notes.txt")
    assert [question.name for question in questions(tmp_path)] == ["a", "a-c", "b"]


def test_comments_inside_the_query_are_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "\n# note: a comment\nASK {}\n")
    assert read_question(path).description == "Somebody."


def test_the_ontology_has_its_own_questions() -> None:
    own = questions()
    assert len(own) >= 24
    assert len({question.title for question in own}) == len(own)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (QUERY, "has no title: start the file with `# title: …`"),
        (HEAD.replace("# description: Somebody.\n", "") + QUERY, "has no description"),
        (HEAD.replace("# keywords: who, else\n", "") + QUERY, "has no keywords"),
        (HEAD.replace("who, else", "who, , else") + QUERY, "has an empty keyword"),
        (HEAD + "# title: Again?\n" + QUERY, "who.rq:4: title stands here a second time"),
        (HEAD + "# author: me\n" + QUERY, "who.rq:4: expected `# title: …`"),
        (HEAD + "# no field\n" + QUERY, "who.rq:4: expected `# title: …`"),
        ("#   more\n" + HEAD + QUERY, "who.rq:1: this line continues no field"),
        (HEAD.replace("title: Who?", "title:") + QUERY, "who.rq:1: expected `# title: …`"),
    ],
)
def test_a_malformed_file_is_refused_by_name_and_line(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        questions(write(tmp_path, content).parent)
    assert message in str(raised.value)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "who.rq").write_bytes("# title: Ľutina\n".encode("cp1250"))
    with pytest.raises(UsageError, match=r"who\.rq is not UTF-8"):
        questions(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "who.rq").mkdir()
    with pytest.raises(UsageError, match=r"who\.rq cannot be read"):
        questions(tmp_path)


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_questions_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no question"):
        questions(tmp_path / folder)
