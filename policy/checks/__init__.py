"""The rules of `check` that need one policy and no history (docs/reference/checks.md)."""

from __future__ import annotations

from dataclasses import replace

from policy.checks import (
    appearance,
    contradictions,
    disclosures,
    languages,
    links,
    markup,
    open_questions,
    phrases,
    promises,
    shown_facts,
    slips,
)
from policy.checks.context import PolicyCheckContext
from policy.checks.rule import Rule
from policy.findings import Finding, Severity

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

# What GDPR Art. 13 and 14 require. Warnings, because a text may say it in words that no rule knows.
DISCLOSURES: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("controller-identity", _WARNING, disclosures.find_missing_controller_identity),
    Rule("dpo-contact", _WARNING, disclosures.find_missing_dpo_contact),
    Rule("purpose-legal-basis", _WARNING, disclosures.find_purposes_without_legal_basis),
    Rule("data-categories", _WARNING, disclosures.find_missing_data_categories),
    Rule("legitimate-interest-named", _WARNING, disclosures.find_unnamed_legitimate_interests),
    Rule("recipients-named", _WARNING, disclosures.find_missing_recipients),
    Rule("transfer-safeguard", _WARNING, disclosures.find_transfers_without_safeguard),
    Rule("retention-stated", _WARNING, disclosures.find_purposes_without_retention),
    Rule("rights-complete", _WARNING, disclosures.find_missing_rights),
    Rule("withdraw-consent", _WARNING, disclosures.find_missing_consent_withdrawal),
    Rule("supervisory-complaint", _WARNING, disclosures.find_missing_complaint_right),
    Rule("obligation-to-provide", _WARNING, disclosures.find_missing_obligation_statement),
    Rule("source-of-data", _WARNING, disclosures.find_missing_data_sources),
    Rule("automated-decisions", _WARNING, disclosures.find_missing_automation_statement),
    Rule("fact-not-shown", _WARNING, shown_facts.find_facts_not_shown),
)
# Two rules share an id: a period is an error if it contradicts a fact, else a warning.
WORDING: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("typed-number", _ERROR, contradictions.find_typed_section_numbers),
    Rule("number-outside-facts", _ERROR, contradictions.find_periods_contradicting_facts),
    Rule("number-outside-facts", _WARNING, contradictions.find_quantities_outside_facts),
    Rule("retention-conflict", _ERROR, contradictions.find_retention_conflicts),
    Rule("dangling-list", _ERROR, phrases.find_dangling_lists),
    Rule("consent-by-use", _ERROR, phrases.find_consent_by_use),
    Rule("check-this-page", _ERROR, phrases.find_advice_to_check_page),
    Rule("retention-as-long-as-necessary", _ERROR, phrases.find_vague_retention),
    Rule("hedged-purpose", _WARNING, phrases.find_hedged_purposes),
    Rule("former-name", _ERROR, contradictions.find_uses_of_former_names),
    Rule("duplicate-paragraph", _WARNING, contradictions.find_duplicate_paragraphs),
    Rule("leftover-markup", _ERROR, phrases.find_leftover_markup),
    Rule("unprinted-text", _ERROR, markup.find_unprinted_text),
    Rule("accidental-markup", _ERROR, markup.find_accidental_markup),
    Rule("list-numbers", _ERROR, markup.find_misleading_list_numbers),
    Rule("invisible-character", _ERROR, markup.find_invisible_characters),
    Rule("section-9-true", _ERROR, promises.find_untrue_announcement_promises),
    Rule("unlinked-page", _WARNING, phrases.find_unlinked_page_mentions),
    Rule("broken-link", _ERROR, links.find_broken_links),
    Rule("broken-anchor", _ERROR, links.find_broken_anchors),
    Rule("text-cut-off", _ERROR, slips.find_texts_cut_by_comments),
    Rule("text-cut-off", _WARNING, slips.find_comments_after_texts),
    Rule("section-number-twice", _WARNING, slips.find_section_numbers_used_twice),
)
APPEARANCE: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("brand-contrast", _WARNING, appearance.find_faint_brand_colour),
)
LANGUAGES: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("translation-missing", _ERROR, languages.find_missing_translations),
    Rule("translation-facts-differ", _ERROR, languages.find_differing_translated_facts),
    Rule("translation-shape", _WARNING, languages.find_differing_translation_structure),
    Rule("wrong-language", _ERROR, slips.find_texts_in_another_language),
    Rule("note-not-translated", _WARNING, slips.find_untranslated_notes),
    Rule("language-not-listed", _WARNING, slips.find_unlisted_languages),
    Rule("language-not-checked", _INFO, languages.find_unchecked_languages),
    Rule("language-incomplete", _INFO, languages.find_incomplete_languages),
)
QUESTIONS: tuple[Rule[PolicyCheckContext], ...] = (
    Rule("open-questions", _INFO, open_questions.find_open_questions),
)
RULES = (*DISCLOSURES, *WORDING, *LANGUAGES, *APPEARANCE, *QUESTIONS)


def check_policy(context: PolicyCheckContext, *, strict: bool = False) -> list[Finding]:
    """Return the findings of every rule. With `strict`, missing disclosures of the GDPR are errors."""
    required = [replace(rule, severity=_ERROR) for rule in DISCLOSURES] if strict else DISCLOSURES
    return [
        finding
        for rule in (*required, *WORDING, *LANGUAGES, *APPEARANCE, *QUESTIONS)
        for finding in rule.apply(context)
    ]
