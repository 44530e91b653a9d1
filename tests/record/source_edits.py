"""What a dishonest publisher replaces in earlier commits: patterns, and what takes their place."""

from __future__ import annotations

# What is replaced in one line of a text, and by what.
LINE_EDITS = {
    "word": (r"\b[a-zæøå]{3,}\b(?![^(]*\)|[^{]*\}|\])", "solgt"),
    "case of a word": (r"(?<=\. |^\w{2})\w", "X"),
    "digit": (r"\d(?!\. )", "7"),
    "full stop": (r"\.(?=$| [^0-9a-z])", "!"),
    "link": (r"https://example\.no/a", "https://example.no/b"),
    "link to a section": (r"\(#deling\)", "(#kontakt)"),
    "removed link": (r"\[([^]^]+)\]\([^)]+\)", r"\1"),
    "bold to normal": (r"\*\*(.+?)\*\*", r"\1"),
    "italic to bold": (r"(?<!\*)\*([^*]+)\*(?!\*)", r"**\1**"),
    "kind of list": (r"^- ", "1. "),
    "kind of list, back": (r"^\d\. ", "- "),
    "first number": (r"^3\. ", "8. "),
    "level of a heading": (r"^(##+) ", r"#\1 "),
    "heading to paragraph": (r"^##+ ", ""),
    "cell of a table": (r"\|  \|$", "| nei |"),
    "quotation to paragraph": (r"^> ", ""),
    "line break": (r"\\$", ""),
    "code to text": (r"`([^`]+)`", r"\1"),
    "blanks in code": (r"kode  a|to  blanke", "kode a"),
    "footnote": (r"^(\[\^1\]: )", r"\1Ikke "),
    "mark of a footnote": (r"\[\^1\](?!:)", ""),
    "nesting": (r"^  - ", "- "),
    "title": (r"^title: (.*)", r"title: \1 ny"),
    "bullet, which no reader sees": (r"^- ", "* "),
}
NOTE_EDITS = {
    "word of a note": (r'("summary|summary)(: .*?)[a-zæøå]{4,}( \*\*|\.)', r"\1\2ingenting\3"),
    "title of a note": (r"Tittel", "Titel"),
    "reason of a note": (r"(reason: .*: \")", r"\1Ikke "),
    "removed reason": (r"^reason: .*\n", ""),
    "removed action": (r"^action: .*\n", ""),
    "removed title": (r"^title: .*\n", ""),
    "emphasis of a note": (r"\*\*(\d+)\*\*", r"\1"),
    "lower level": (r"^level: (major|special)", "level: minor"),
    "higher level": (r"^level: (minor|major)", "level: special\neffective: P44D"),
    "period": (r"^effective: P\d+D", "effective: P21D"),
    "day": (r"^effective: P\d+D", "effective: 2027-03-01"),
    "dropped withdrawal": (r"^withdraws: .*\n", ""),
    "dropped bringing forward": (r"^brings_forward: .*\n", ""),
    "dropped correction": (r"^also_in_force: .*\n", ""),
}
SETTING_EDITS = {
    "channels of minor changes": (r"\{minor: .*\}", "{minor: [alert]}"),
    "channels of major changes": (r"\{minor: (.*)\}", r"{minor: \1, major: [help_centre, email]}"),
    "another key": (r"^salt: 0123", "salt: 3210"),
    "no key": (r"^salt: .*\n", ""),
    "a key earlier": (r"\Z", "salt: 00112233445566778899aabbccddeeff\n"),
    "title of the policy": (r"Personvern", "Vern"),
    "controller": (r"Eksempel AS", "Annet AS"),
    "address of the controller": (r"post@", "dpo@"),
    "lead time": (r"\Z", "lead_days: {major: 14}\n"),
    "days of notices": (r"\Z", "show_days: 30\n"),
}
