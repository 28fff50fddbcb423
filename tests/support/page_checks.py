"""What must hold for any page in a real browser: every character is drawn, nothing is cut off, axe is content."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Draws each character of the page and the one that no font has, and names those that look the same.
MISSING = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = "20px " + getComputedStyle(document.body).fontFamily;
  const drawn = (text) => {
    pen.clearRect(0, 0, 28, 28);
    pen.fillText(text, 2, 22);
    return pen.getImageData(0, 0, 28, 28).data.join();
  };
  const box = drawn("\\ufffe");
  const all = new Set([...document.body.innerText].filter((c) => c.trim()));
  return [...all].filter((c) => drawn(c) === box).join("");
}"""

# Visible text that is cut off without a sign of it (an ellipsis or a clamp of lines), and sideways scrolling.
CLIPPED = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("the page scrolls sideways");
  for (const one of document.querySelectorAll("main *, header *")) {
    const style = getComputedStyle(one);
    const hides = ["hidden", "clip"].includes(style.overflowX);
    if (!hides || one.closest(".unseen, dialog, [hidden]") || !one.offsetParent) continue;
    if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") continue;
    if (one.scrollWidth > one.clientWidth + 1) found.push(one.outerHTML.slice(0, 120));
  }
  for (const one of document.querySelectorAll("main button, main .tag, main a.button")) {
    if (one.offsetParent && one.scrollWidth > one.clientWidth + 1) found.push(one.outerHTML.slice(0, 120));
  }
  return found;
}"""


def problems(page: Page, *, is_narrower: bool = False) -> dict[str, Any]:
    """Nothing when the page is in order. A narrower look at the same page has no other words and no other labels: only
    what is cut off can be new in it."""
    found = {"clipped": page.evaluate(CLIPPED)}
    if not is_narrower:
        found |= {"axe": _serious(page), "glyphs": page.evaluate(MISSING)}
    return {name: what for name, what in found.items() if what}


def _serious(page: Page) -> dict[str, list[str]]:
    violations = Axe().run(page).response["violations"]
    return {
        rule["id"]: [node["html"][:160] for node in rule["nodes"]][:3]
        for rule in violations
        if rule["impact"] in ("serious", "critical")
    }
