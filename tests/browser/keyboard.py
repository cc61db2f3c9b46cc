"""A person who has a keyboard only: Tab to a control, see that it has the focus, type or press a key."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

MOST_STOPS = 400
# What stands at the focus: whether anybody could see that it is there.
FOCUS = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) { return null; }
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const inner = [[.5, .5], [.05, .5], [.95, .5], [.5, .1], [.5, .9]].map(([x, y]) =>
    document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
  return {
    name: element.outerHTML.slice(0, 160),
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    large: box.width >= 8 && box.height >= 8,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: inner.some((seen) => seen && (element.contains(seen) || seen.contains(element))),
  };
}
"""


class Keyboard:
    """Moves through a page as `Tab` does; every stop on the way must show its focus."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0

    def check_focus(self) -> None:
        """The focused control has an outline, is large enough to see, on the screen and not covered."""
        for _attempt in range(30):
            state = self.page.evaluate(FOCUS)
            if state is None:  # between the last control and the first: the browser's own frame
                return
            missing = [sign for sign in ("outline", "large", "inside", "uncovered") if not state[sign]]
            if not missing:
                return
            # The page may still be scrolling to the focus, or htmx may be putting content in.
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.page.url}: focus not visible ({', '.join(missing)}): {state['name']}")

    def tab(self) -> None:
        self.page.keyboard.press("Tab")
        self.stops += 1
        self.check_focus()

    def reach(self, target: Locator) -> Keyboard:
        """Press Tab until the target has the focus; people wait for it to appear before they go on."""
        target.first.wait_for()
        for _ in range(MOST_STOPS):
            if target.count() and target.first.evaluate("element => element === document.activeElement"):
                self.check_focus()
                return self
            self.tab()
        raise AssertionError(f"{self.page.url}: the keyboard does not reach {target}")

    def press(self, key: str = "Enter") -> Keyboard:
        self.page.keyboard.press(key)
        return self

    def follow(self, target: Locator, key: str = "Enter") -> None:
        """Reach a link or button, activate it and wait for the page behind it."""
        self.reach(target)
        with self.page.expect_navigation():
            self.press(key)

    def write(self, target: Locator, text: str) -> Keyboard:
        """Reach a field and replace what it holds."""
        self.reach(target)
        self.page.keyboard.press("Control+A")
        # One line at a time would press Enter; the text arrives as from an input method.
        self.page.keyboard.insert_text(text)
        return self
