"""A message keeps its template and its values apart, so that it can be translated where it is printed."""

from __future__ import annotations

from common.errors import InputError
from common.messages import Message
from common.suggestions import suggest_name

NORWEGIAN = {
    "unknown key '{key}'": "ukjent nøkkel «{key}»",
    "did you mean '{name}'?": "mente du «{name}»?",
    "{message}; {hint}": "{message}; {hint}",
    "because: {reasons}": "fordi: {reasons}",
    "{fact} appears": "{fact} er ny",
    "write {{{{ {name} }}}}": "skriv {{{{ {name} }}}}",
}


def in_norwegian(message: Message) -> str:
    return message.translate(lambda template: NORWEGIAN[template])


def test_a_message_without_translation_is_english():
    assert str(Message("unknown key '{key}'", key="majr")) == "unknown key 'majr'"


def test_a_value_that_is_a_message_is_translated_too():
    message = Message("unknown key '{key}'", key="majr")
    both = Message("{message}; {hint}", message=message, hint=suggest_name("majr", ["major"]))
    assert str(both) == "unknown key 'majr'; did you mean 'major'?"
    assert in_norwegian(both) == "ukjent nøkkel «majr»; mente du «major»?"


def test_messages_in_a_tuple_are_translated_and_joined_by_commas():
    reasons = tuple(Message("{fact} appears", fact=fact) for fact in ("a", "b"))
    assert in_norwegian(Message("because: {reasons}", reasons=reasons)) == "fordi: a er ny, b er ny"


def test_braces_in_a_value_stay_and_braces_in_a_template_are_written_twice():
    assert str(Message("unknown key '{key}'", key="{x}")) == "unknown key '{x}'"
    assert in_norwegian(Message("write {{{{ {name} }}}}", name="a.b")) == "skriv {{ a.b }}"


def test_any_name_can_be_that_of_a_value():
    assert str(Message("{self} {template}", self=1, template=2)) == "1 2"


def test_messages_with_equal_templates_and_values_are_equal():
    first, second = (Message("unknown key '{key}'", key=number) for number in (1, "1"))
    assert {first: 1}[second] == 1
    assert first != Message("unknown key '{key}'", key="2")


def test_an_error_has_its_lines_in_both_languages():
    error = InputError("plain", Message("unknown key '{key}'", key="x"))
    assert str(error) == "plain\nunknown key 'x'"
    lines = error.translate_lines(lambda template: NORWEGIAN[template])
    assert lines == ("plain", "ukjent nøkkel «x»")
