"""The JSON Schema of a report, from the records themselves."""

from __future__ import annotations

from typing import Any

from autograder.model import GradeReport, SpeedReport

REPORTS: dict[str, tuple[type, str]] = {
    "report": (GradeReport, "autograder report, version 1"),
    "speed": (SpeedReport, "autograder speed report, version 1"),
}


def report_schema(name: str = "report") -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `autograder/report/v1` or `autograder/speed/v1`, the root inline and the other
    records under `$defs`.

    `number` means a plain JSON number: NaN is none in JSON, and msgspec writes it as null, which the schema refuses."""
    import msgspec

    record, title = REPORTS[name]
    (root,), components = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    body = components.pop(root["$ref"].rpartition("/")[2])
    # a reader chooses by `schema` before anything else, so it is never left out
    required = ["schema", *body["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:autograder:{name}:v1",
        **body,
        "title": title,
        "required": required,
        "$defs": dict(sorted(components.items())),
    }
