"""The class report in a browser: the policy lets its script run, which sorts and filters, and nothing is cut."""

import re
import shutil
import subprocess

import pytest
from report_factory import SENTENCES, assignment, blank, mixed, perfect, unreadable

from autograder.reports.html import render_class_html

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt-get install chromium")
def test_script_runs_under_the_policy_and_a_link_opens_its_sheet(tmp_path):
    page = tmp_path / "report.html"
    page.write_text(render_class_html([mixed(), perfect(), blank(), unreadable()], [assignment()], SENTENCES))
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path}"]
    done = subprocess.run(
        [*command, "--dump-dom", f"{page.as_uri()}#a1s3"], check=True, capture_output=True, text=True, timeout=120
    )
    assert re.search(r'<p class="filter">.*>4 of 4</span></p>', done.stdout)
    assert done.stdout.count('role="button"') == 7
    opened = re.findall(r'<details class="student" id="(\w+)" open', done.stdout)
    assert opened == ["a1s3"]
