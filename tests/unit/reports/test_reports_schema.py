"""The schema takes what is written, and refuses what no report may hold."""

import json

import msgspec
import pytest
from jsonschema import Draft202012Validator
from report_factory import every_verdict, hostile, mixed, perfect, report, result, unreadable
from speed_factory import race_report, speed_report

from autograder.reports.schema import report_schema


def errors(found):
    return [error.message for error in Draft202012Validator(report_schema()).iter_errors(found)]


def as_json(found):
    return json.loads(msgspec.json.encode(found))


def test_schema_is_one_and_names_itself():
    schema = report_schema()
    Draft202012Validator.check_schema(schema)
    assert (schema["$id"], schema["title"]) == ("urn:autograder:report:v1", "autograder report, version 1")
    assert "NaN" not in json.dumps(schema, allow_nan=False)


@pytest.mark.parametrize("made", [mixed, every_verdict, perfect, unreadable, lambda: hostile("<b>\x1b"), report])
def test_reports_fit(made):
    assert errors(as_json(made())) == []


def test_nan_is_refused():
    broken = as_json(report([result(points=float("nan"))]))
    assert "None is not of type 'number'" in errors(broken)


@pytest.mark.parametrize("change", [{"schema": "autograder/report/v2"}, {"surplus": 1}, {"score": "5"}])
def test_other_things_are_refused(change):
    assert errors(as_json(perfect()) | change)


def test_schema_name_is_required():
    found = as_json(perfect())
    del found["schema"]
    assert errors(found) == ["'schema' is a required property"]


def test_the_schema_of_times_is_another():
    schema = report_schema("speed")
    Draft202012Validator.check_schema(schema)
    assert (schema["$id"], schema["title"]) == ("urn:autograder:speed:v1", "autograder speed report, version 1")
    fits = Draft202012Validator(schema)
    assert [*fits.iter_errors(as_json(speed_report()))] == [*fits.iter_errors(as_json(race_report()))] == []
    assert not fits.is_valid(as_json(perfect()))
    assert not fits.is_valid(as_json(speed_report()) | {"standing": "famous"})
