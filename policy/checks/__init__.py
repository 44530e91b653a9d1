"""One policy in, findings out: every rule of law.md that needs no history, in one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policy.checks import contradictions, disclosures, languages, links, phrases
from policy.checks.rule import Rule
from policy.findings import Severity

if TYPE_CHECKING:
    from policy.checks.context import PolicyCheckContext
    from policy.findings import Finding

_WARNING, _ERROR = Severity.WARNING, Severity.ERROR

DISCLOSURES: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("controller-identity", _WARNING, disclosures.controller_identity),
    Rule("dpo-contact", _WARNING, disclosures.dpo_contact),
    Rule("purpose-legal-basis", _WARNING, disclosures.purpose_legal_basis),
    Rule("data-categories", _WARNING, disclosures.data_categories),
    Rule("legitimate-interest-named", _WARNING, disclosures.legitimate_interest_named),
    Rule("recipients-named", _WARNING, disclosures.recipients_named),
    Rule("transfer-safeguard", _WARNING, disclosures.transfer_safeguard),
    Rule("retention-stated", _WARNING, disclosures.retention_stated),
    Rule("rights-complete", _WARNING, disclosures.rights_complete),
    Rule("withdraw-consent", _WARNING, disclosures.withdraw_consent),
    Rule("supervisory-complaint", _WARNING, disclosures.supervisory_complaint),
    Rule("obligation-to-provide", _WARNING, disclosures.obligation_to_provide),
    Rule("source-of-data", _WARNING, disclosures.source_of_data),
    Rule("automated-decisions", _WARNING, disclosures.automated_decisions),
)
WORDING: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("typed-number", _ERROR, contradictions.typed_number),
    Rule("number-outside-facts", _ERROR, contradictions.number_against_facts),
    Rule("number-outside-facts", _WARNING, contradictions.number_outside_facts),
    Rule("retention-conflict", _ERROR, contradictions.retention_conflict),
    Rule("dangling-list", _ERROR, phrases.dangling_list),
    Rule("consent-by-use", _ERROR, phrases.consent_by_use),
    Rule("check-this-page", _ERROR, phrases.check_this_page),
    Rule("retention-as-long-as-necessary", _ERROR, phrases.retention_as_long_as_necessary),
    Rule("hedged-purpose", _WARNING, phrases.hedged_purpose),
    Rule("former-name", _ERROR, contradictions.former_name),
    Rule("duplicate-paragraph", _WARNING, contradictions.duplicate_paragraph),
    Rule("leftover-markup", _ERROR, phrases.leftover_markup),
    Rule("section-9-true", _ERROR, contradictions.section_9_true),
    Rule("unlinked-page", _WARNING, phrases.unlinked_page),
    Rule("broken-link", _ERROR, links.broken_link),
    Rule("broken-anchor", _ERROR, links.broken_anchor),
)
LANGUAGES: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("translation-missing", _ERROR, languages.translation_missing),
    Rule("translation-facts-differ", _ERROR, languages.translation_facts_differ),
    Rule("translation-shape", _WARNING, languages.translation_shape),
)
RULES = (*DISCLOSURES, *WORDING, *LANGUAGES)


def run_checks(subject: PolicyCheckContext, *, strict: bool = False) -> list[Finding]:
    """Apply every rule; with `strict` what the law wants told and is not is an error (law.md)."""
    wanted = [replace(rule, severity=_ERROR) for rule in DISCLOSURES] if strict else DISCLOSURES
    return [finding for rule in (*wanted, *WORDING, *LANGUAGES) for finding in rule.apply(subject)]
