"""Results in the formats of other systems: golden files, what reads them, and deaf to what students write."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import jsonschema
import msgspec
import pytest
from golden_files import golden
from report_factory import SENTENCES, blank, hostile, mixed, perfect, report, result, wrong

from autograder.errors import AutograderError
from autograder.model import Verdict
from autograder.reports.export.classroom50 import FACTS, render_classroom50, render_release_body, scale
from autograder.reports.export.github import render_annotations, render_outputs, render_summary
from autograder.reports.export.gradescope import render_gradescope
from autograder.reports.export.junit import render_junit
from autograder.reports.export.table import render_csv

CLASS = [mixed(), perfect(), blank()]
RUNNER = {
    "CLASSROOM": "dl-2026",
    "ASSIGNMENT": "conv",
    "ASSIGNMENT_TYPE": "individual",
    "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/20260930T235900Z-0a1b2c3",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "REVIEW_URL": "https://example.org/d",
}
FOR_STUDENTS = [
    render_gradescope,
    lambda one, asked: render_junit([one], asked),
    lambda one, asked: render_summary([one], asked),
    lambda one, asked: render_classroom50(one, asked, RUNNER, SUBMITTED),
]
SUBMITTED = "2026-09-30T23:59:00Z"

# gradescope/autograder_samples, docs/specs.md, as a schema: that page gives the types and the closed sets
FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests", "score"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMATS,
        "test_output_format": FORMATS,
        "test_name_format": FORMATS,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "output": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                },
            },
        },
    },
}
# foundation50/classroom50, schemas/result-v1.schema.json: the constraints of that schema
TEXT, WHOLE = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}
CLASSROOM50 = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", *FACTS, "datetime", "score", "max-score", "tests"],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        **dict.fromkeys(("classroom", "assignment", "owner", "commit", "release", "review"), TEXT),
        "assignment_type": {"enum": ["individual", "group"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"},
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {"test-name": TEXT, "passed": {"type": "boolean"}, "score": WHOLE, "max-score": WHOLE},
            },
        },
    },
}

# a line break, an escape sequence, markup, a workflow command, Markdown, a NUL, half a character, reversed text
PAYLOADS = [
    "a\n::set-output name=score::100",
    "\x1b[2J\x1b[31mred",
    "<script>alert(1)</script>&amp;\"'",
    "]]><failure/>",
    "| **bold** [link](http://x) `code` ```",
    '=HYPERLINK("http://x")',
    "\x00\x08\ud800\ufffe",
    "\u202egnorts",
    "@ada #1 %0A",
]


def test_gradescope_is_as_it_was():
    golden("gradescope.json", render_gradescope(mixed(), SENTENCES))


def test_classroom50_is_as_it_was():
    golden("classroom50.json", render_classroom50(mixed(), SENTENCES, RUNNER, SUBMITTED))
    golden("classroom50-release-body.md", render_release_body(mixed(), SENTENCES))


def test_junit_is_as_it_was():
    golden("junit.xml", render_junit(CLASS, SENTENCES))


def test_the_github_summary_and_annotations_are_as_they_were():
    golden("github-summary.md", render_summary(CLASS, SENTENCES))
    golden("github-annotations.txt", "\n".join(render_annotations(CLASS, SENTENCES)) + "\n")
    score, most = sum(one.score for one in CLASS), sum(one.max_score for one in CLASS)
    assert render_outputs(CLASS) == [f"score={score:g}", f"max_score={most:g}", "submissions=3"]


def test_csv_is_as_it_was():
    golden("scores.csv", render_csv(CLASS))


@pytest.mark.parametrize("one", [mixed(), perfect(), blank(), *(hostile(payload) for payload in PAYLOADS)])
def test_json_formats_are_what_their_systems_publish(one):
    found = json.loads(render_gradescope(one, SENTENCES))
    jsonschema.validate(found, GRADESCOPE)
    assert found["score"] == one.score
    found = json.loads(render_classroom50(one, SENTENCES, RUNNER, SUBMITTED))
    jsonschema.validate(found, CLASSROOM50)
    assert found["score"] <= found["max-score"]
    assert all(test["score"] <= test["max-score"] for test in found["tests"])


@pytest.mark.parametrize("render", FOR_STUDENTS)
def test_no_format_tells_of_a_hidden_check_more_than_its_verdict_and_the_mistake(render):
    shown = render(mixed(), SENTENCES)
    assert "secret case" not in shown
    assert "conv2d_backward.large" not in shown
    assert "hidden check 1" in shown


@pytest.mark.parametrize("render", FOR_STUDENTS)
def test_no_format_for_a_student_carries_the_seed(render):
    assert "31415926" not in render(msgspec.structs.replace(report([wrong()]), seed=31415926), {})


@pytest.mark.parametrize("payload", PAYLOADS)
def test_junit_of_hostile_text_can_be_parsed(payload):
    root = ElementTree.fromstring(render_junit([hostile(payload)], {}).encode())
    assert len(root.findall("testsuite/testcase")) == 5
    assert root.find("testsuite").get("tests") == "5"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_annotation_stays_one_command(payload):
    for line in render_annotations([hostile(payload)], {}):
        assert line.startswith("::error title=")
        assert line.isprintable()
        assert line.count("::") == 2 or "::" in payload


def test_ten_annotations_and_those_with_a_diagnosis_first():
    failing = [wrong(f"conv2d_backward.c{i}", diagnosis=None, message=f"dw is wrong at [{i}].") for i in range(15)]
    lines = render_annotations([report([*failing, wrong("conv2d_forward.values")])], SENTENCES)
    assert len(lines) == 10
    assert "conv2d_forward" in lines[0]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_summary_shows_hostile_text_as_it_is(payload):
    shown = render_summary([hostile(payload)], {})
    assert not re.search(r"(?<!\\)[<`\[]", shown)
    assert not any(line.startswith(("::", "a\n")) for line in shown.splitlines())


def test_a_summary_stays_below_githubs_limit():
    shown = render_summary([hostile("x" * 390, f"s{i}") for i in range(400)], {})
    assert len(shown.encode()) < 1024 * 1024
    assert "more submissions are in the report only" in shown


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_of_the_table_is_a_formula_or_a_second_line(payload):
    text = render_csv([hostile(payload, student=payload)])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 2
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert all(cell.isprintable() for row in rows for cell in row)


def test_a_table_of_two_assignments_names_the_assignment_of_each_column():
    header = render_csv([perfect(), report([result("relu.values")], slug="backprop")]).splitlines()[0]
    assert "backprop.relu" in header
    assert "conv.conv2d_forward" in header


def test_points_become_whole_numbers_by_one_factor_for_the_class():
    assert scale(report([result("a.x", max_points=1.5), result("a.y", max_points=2.0)])) == 2
    assert scale(report([result("a.x", max_points=0.25), result("a.y", max_points=1 / 3)])) == 12
    assert scale(report([result("a.x", max_points=7.0)])) == 1


def test_classroom50_says_what_its_runner_did_not_set():
    with pytest.raises(AutograderError, match=r"Classroom 50 sets SUBMISSION_TAG, REVIEW_URL for an autograder"):
        render_classroom50(mixed(), {}, {k: v for k, v in RUNNER.items() if k[:3] not in ("SUB", "REV")}, SUBMITTED)
    with pytest.raises(AutograderError, match=r"must be like 2026-09-30T23:59:00Z, not 'today'"):
        render_classroom50(mixed(), {}, RUNNER, "today")


def test_a_failure_of_the_grader_has_no_score_and_says_so():
    one = report([result("a.x"), result("a.y", Verdict.GRADER_ERROR, points=0.0, message="KeyError: 'secret'")])
    found = json.loads(render_gradescope(one, {}))
    assert "score" not in found["tests"][1]
    assert found["output"].startswith("The grader itself failed on 1 check. This costs no points")
    assert "secret" not in json.dumps(found)
