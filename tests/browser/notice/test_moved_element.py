"""`<policy-notice>` on a page whose scripts move it."""

from __future__ import annotations

from tests.helpers.notice_reader import NOTICE
from tests.helpers.small_policy import make_announcement

ADD_NOTICE = """([src, channel]) => {
  window.notice = document.createElement("policy-notice");
  const attributes = { src, channel, lang: "en", seen: "1.0" };
  for (const [name, value] of Object.entries(attributes)) notice.setAttribute(name, value);
  document.body.append(notice);
}"""
MOVE = "document.body.prepend(notice)"


def add_notice(reader, channel: str = "login") -> None:
    reader.announce(make_announcement(reader.base_url, "2.0", (channel,)))
    reader.open_page()
    reader.page.evaluate(ADD_NOTICE, [f"{reader.base_url}api/announcements.json", channel])


def is_modal(reader) -> bool:
    return reader.dialog.evaluate("(dialog) => dialog.matches(':modal')")


def test_a_moved_dialog_is_still_modal_and_escape_closes_it(reader):
    add_notice(reader)
    reader.dialog.wait_for()
    reader.page.evaluate(MOVE)
    assert is_modal(reader)
    reader.page.keyboard.press("Escape")
    reader.dialog.wait_for(state="detached")
    reader.page.evaluate(MOVE)
    assert reader.dialog.count() == 0


def test_a_moved_dialog_can_be_acknowledged(reader):
    add_notice(reader)
    reader.dialog.wait_for()
    reader.page.evaluate(MOVE)
    reader.dialog.get_by_role("button", name="I have seen this").click()
    assert reader.acknowledged_versions() == ["2.0"]
    assert reader.dialog.count() == 0


def test_a_banner_that_was_taken_out_and_put_back_follows_the_dialog(reader):
    add_notice(reader, "alert")
    reader.banner.wait_for()
    reader.page.evaluate("notice.remove()")
    reader.page.evaluate("document.body.append(notice)")
    assert reader.banner.is_visible()
    event = "new CustomEvent('policy-notice:acknowledged', { bubbles: true, detail: { version: '2.0' } })"
    reader.page.evaluate(f"document.body.dispatchEvent({event})")
    assert reader.banner.count() == 0


def test_an_element_taken_out_while_it_asks_asks_again_when_put_back(reader):
    reader.announce(make_announcement(reader.base_url, "2.0"))
    reader.open_page()
    waiting = []

    def hold(route) -> None:
        waiting.append(route)

    reader.page.route("**/announcements.json", hold, times=1)
    with reader.page.expect_request("**/announcements.json"):
        reader.page.evaluate(ADD_NOTICE, [f"{reader.base_url}api/announcements.json", "login"])
    reader.page.evaluate("notice.remove()")
    with reader.page.expect_response("**/announcements.json"):
        waiting[0].continue_()
    reader.page.evaluate("Promise.all(window.decisions)")
    assert reader.page.locator(NOTICE).count() == 0
    reader.page.evaluate("document.body.append(notice)")
    reader.dialog.wait_for()
    assert is_modal(reader)
