"""The forms of the admin page match the models, and the page accepts no script but the locked one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from editing.admin import copy_admin_page
from editing.admin_forms import generate_admin_config
from policy.fact_models import Retention
from policy.models import ChangeNote
from policy.placeholders import FACT_KINDS

REPOSITORY = Path(__file__).resolve().parents[2]


CONFIG = generate_admin_config(("nb", "en"), "nb")  # the languages of content/policy.yaml, as the Makefile


def _forms() -> dict[str, list[dict[str, object]]]:
    made = json.loads(CONFIG)
    return {form["name"]: form["fields"] for form in (*made["collections"], *made["singletons"])}


def test_the_forms_match_the_models():
    assert (REPOSITORY / "admin/config.json").read_text(encoding="utf-8") == CONFIG, "run: make schemas"


def test_every_fact_file_and_every_key_of_a_note_has_a_form():
    forms = _forms()
    assert {"sections", "changes", *FACT_KINDS} == set(forms)
    assert [field["name"] for field in forms["changes"]] == list(ChangeNote.model_fields)
    (rows,) = forms["retention"]
    assert rows["root"] is True
    assert [field["name"] for field in rows["fields"]] == list(Retention.model_fields)


def test_the_page_accepts_only_the_script_of_the_locked_version():
    page = (REPOSITORY / "admin/index.html").read_text(encoding="utf-8")
    script = (REPOSITORY / "node_modules/@sveltia/cms/dist/sveltia-cms.js").read_bytes()
    digest = base64.b64encode(hashlib.sha384(script).digest()).decode()
    assert re.findall(r"<script[^>]*>", page) == [
        f'<script src="sveltia-cms.js" integrity="sha384-{digest}">'
    ]


def test_the_page_copied_for_another_host_is_complete(tmp_path):
    copy_admin_page(tmp_path / "admin")
    page = (tmp_path / "admin/index.html").read_text(encoding="utf-8")
    style = (tmp_path / "admin/page.css").read_text(encoding="utf-8")
    named = re.findall(r'(?:href|src)="([^"]+)"', page) + re.findall(r"url\((.+?)\)", style)
    assert {"index.html", *named} == {path.name for path in (tmp_path / "admin").iterdir()}
