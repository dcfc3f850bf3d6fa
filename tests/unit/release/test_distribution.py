"""What students install holds nothing that they are to write, and nothing that they are asked in secret."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_wheel_and_source_archive_hold_the_package_alone():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"] == {"packages": ["autograder"]}
    assert build["sdist"] == {"only-include": ["autograder", "CHANGELOG.md", "LICENSE", "README.md"]}


def test_no_solution_is_within_the_package():
    """Lines of the references' solutions, which the wheel would carry; a short one could be anybody's."""
    package = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "autograder").rglob("*.py"))
    for reference in sorted((ROOT / "reference").glob("*.py")):
        _, *solutions = reference.read_text(encoding="utf-8").split("### BEGIN SOLUTION")
        lines = [line.strip() for solution in solutions for line in solution.split("### END SOLUTION")[0].split("\n")]
        assert [line for line in lines if len(line) >= 40 and line in package] == [], reference.name
