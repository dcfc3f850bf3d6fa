"""A proof on a page: for each claim how often it was tested and held, and what does not hold in full."""

from __future__ import annotations

from typing import Any

from autograder.prove.prove import Finding

BUNDLE_NAMES = "the bundle names the mistake as the full assignment does"

# Naming a mistake is a service, catching it a duty: what is caught but not named may be this share of the bank.
MAY_FAIL = {"the mistake is diagnosed by name": 0.05, BUNDLE_NAMES: 0.05}
# A part of the bank holds 10 to 25 mistakes of a few functions, and those that are not named stand close together.
MAY_FAIL_IN_A_PART = MAY_FAIL | {BUNDLE_NAMES: 0.2}


class Summary:
    """Findings, counted by claim, of the whole bank or of a part of it."""

    def __init__(self, whole: bool = True) -> None:
        self.findings: dict[str, list[Finding]] = {}
        self._may_fail = MAY_FAIL if whole else MAY_FAIL_IN_A_PART

    def add(self, finding: Finding) -> None:
        """Take in one finding."""
        self.findings.setdefault(finding.claim, []).append(finding)

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(findings) for findings in self.findings.values())

    def claims(self) -> dict[str, dict[str, int]]:
        """For each claim how often it was tested and how often it held."""
        return {
            claim: {"tested": len(findings), "held": sum(finding.holds for finding in findings)}
            for claim, findings in self.findings.items()
        }

    @property
    def proven(self) -> bool:
        """Whether every claim holds."""
        return all(self._holds(claim) for claim in self.findings)

    def _holds(self, claim: str) -> bool:
        findings = self.findings[claim]
        failed = sum(not finding.holds for finding in findings)
        return failed <= self._may_fail.get(claim, 0.0) * len(findings)

    def render(self, slug: str) -> Any:
        """The summary as something that rich can print."""
        from rich.text import Text

        text = Text(f"{slug}: {'proven' if self.proven else 'NOT proven'}\n", style="bold")
        for claim, counts in self.claims().items():
            good = self._holds(claim)
            text.append(f"  {'✔' if good else '✘'} ", style="green" if good else "red")
            text.append(f"{claim}: {counts['held']} of {counts['tested']}\n", style="")
            for finding in self.findings[claim]:
                if not finding.holds:
                    text.append(f"      {finding.subject}: {finding.detail}\n", style="yellow")
        return text
