"""The JSON Schema of a report, from the records themselves."""

from __future__ import annotations

from typing import Any

from autograder.model import GradeReport


def report_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `autograder/report/v1`, the root inline and the other records under `$defs`.

    `number` means a plain JSON number: NaN is none in JSON, and msgspec writes it as null, which the schema refuses."""
    import msgspec

    (root,), components = msgspec.json.schema_components([GradeReport], ref_template="#/$defs/{name}")
    name = root["$ref"].rpartition("/")[2]
    body = components.pop(name)
    # a reader chooses by `schema` before anything else, so it is never left out
    required = ["schema", *body["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:autograder:report:v1",
        **body,
        "title": "autograder report, version 1",
        "required": required,
        "$defs": dict(sorted(components.items())),
    }
