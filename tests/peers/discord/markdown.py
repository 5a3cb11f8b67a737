"""Discord's markdown as HTML, as its client shows it: no tables, no pictures, mentions and times.

Source: Discord's help pages ("Markdown Text 101") and developer documentation ("Message
Formatting").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape, unescape

from tests.peers.discord.reading import ESCAPED

Names = Callable[[str, int], str]  # kind of mention ("@", "@&", "#") and id to a name

CODE_BLOCK = re.compile(r"```(?:[a-zA-Z0-9_+-]+\n)?\n?(.*?)\n?```", re.DOTALL)
INLINE_CODE = re.compile(r"``(.+?)``|`([^`\n]+)`")
MENTION = re.compile(r"&lt;(@!?|@&amp;|#)(\d+)&gt;")
COMMAND = re.compile(r"&lt;/([^:&]+):\d+&gt;")
TIME = re.compile(r"&lt;t:(-?\d+)(?::([tTdDfFR]))?&gt;")
EMOJI = re.compile(r"&lt;a?:(\w+):\d+&gt;")
MASKED = re.compile(r"\[([^\]\n]+)\]\((?:&lt;)?(https?://[^\s)]+?)(?:&gt;)?\)")
BARE = re.compile(r"(?<![\"=>])(https?://[^\s<]+[^\s<.,:;\"')\]])")
STYLES = (
    (re.compile(r"\*\*\*(\S(?:.*?\S)?)\*\*\*"), r"<strong><em>\1</em></strong>"),
    (re.compile(r"\*\*(\S(?:.*?\S)?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"__(\S(?:.*?\S)?)__"), r"<u>\1</u>"),
    (re.compile(r"~~(\S(?:.*?\S)?)~~"), r"<s>\1</s>"),
    (re.compile(r"\|\|(.+?)\|\|"), r'<span class="spoiler">\1</span>'),
    (re.compile(r"\*(\S(?:[^*]*?\S)?)\*"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)_(\S(?:[^_]*?\S)?)_(?!\w)"), r"<em>\1</em>"),
)
FORMATS = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y at %H:%M",
    "F": "%A, %-d %B %Y at %H:%M",
}


class Markdown:
    """Turns texts into HTML for one moment and one set of names."""

    def __init__(self, names: Names, now: float) -> None:
        self._names = names
        self._now = now

    def html(self, text: str) -> str:
        """A whole text: code blocks, headings, lists, quotes and lines."""
        parts = CODE_BLOCK.split(text)
        shown = []
        for place, part in enumerate(parts):
            if place % 2:
                shown.append(f"<pre><code>{escape(part)}</code></pre>")
            elif part.strip("\n"):
                shown.append(self._lines(part.strip("\n")))
        return "".join(shown)

    def _lines(self, text: str) -> str:
        shown: list[str] = []
        lines = text.split("\n")
        for place, line in enumerate(lines):
            if line.startswith(">>> "):
                rest = "\n".join([line[4:], *lines[place + 1 :]])
                shown.append(f"<blockquote>{self._lines(rest)}</blockquote>")
                break
            shown.append(self._line(line))
        return "".join(shown)

    def _line(self, line: str) -> str:
        for mark, tag in (("### ", "h3"), ("## ", "h2"), ("# ", "h1")):
            if line.startswith(mark):
                return f"<{tag}>{self.inline(line[len(mark) :])}</{tag}>"
        if line.startswith("-# "):
            return f'<div class="subtext">{self.inline(line[3:])}</div>'
        if line.startswith("> "):
            return f"<blockquote>{self.inline(line[2:])}</blockquote>"
        item = re.match(r"( *)(?:[-*]|(\d+)\.) (.+)", line)
        if item:
            depth = 1 + len(item[1]) // 2
            mark = f"{item[2]}." if item[2] else "•"
            inner = self.inline(item[3])
            return f'<div class="item d{depth}"><i>{mark}</i><span>{inner}</span></div>'
        return f"<p>{self.inline(line)}</p>" if line.strip() else "<br>"

    def inline(self, text: str) -> str:
        """Text within a line."""
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"\0{len(kept) - 1}\0"

        text = INLINE_CODE.sub(lambda m: keep(f"<code>{escape(m[1] or m[2])}</code>"), text)
        text = ESCAPED.sub(lambda m: keep(escape(m[1])), text)
        html = escape(text, quote=False)
        html = MASKED.sub(
            lambda m: keep(f'<a href="{m[2]}">{self.inline(unescape(m[1]))}</a>'), html
        )
        html = MENTION.sub(lambda m: keep(self._mention(m[1], int(m[2]))), html)
        html = COMMAND.sub(lambda m: keep(f'<span class="mention">/{m[1]}</span>'), html)
        html = TIME.sub(lambda m: keep(self._time(int(m[1]), m[2] or "f")), html)
        html = EMOJI.sub(lambda m: keep(f":{m[1]}:"), html)
        html = BARE.sub(lambda m: keep(f'<a href="{m[1]}">{m[1]}</a>'), html)
        for pattern, tag in STYLES:
            html = pattern.sub(tag, html)
        while "\0" in html:
            html = re.sub("\0(\\d+)\0", lambda m: kept[int(m[1])], html)
        return html

    def _mention(self, mark: str, number: int) -> str:
        kind = mark.replace("!", "").replace("&amp;", "&")
        name = self._names(kind, number)
        return f'<span class="mention">{kind[0]}{escape(name)}</span>'

    def _time(self, moment: int, style: str) -> str:
        if style == "R":
            return f'<span class="time">{relative(moment - self._now)}</span>'
        text = datetime.fromtimestamp(moment, UTC).strftime(FORMATS[style])
        return f'<span class="time">{text}</span>'


def relative(seconds: float) -> str:
    """A distance in time the way Discord says it, such as "in 10 minutes" or "2 hours ago"."""
    distance = abs(seconds)
    units = ((86_400 * 365, "year"), (86_400 * 30, "month"), (86_400, "day"), (3600, "hour"))
    for size, unit in (*units, (60, "minute"), (1, "second")):
        if distance >= size * 0.9 or size == 1:
            count = max(1, round(distance / size))
            said = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {said}" if seconds > 0 else f"{said} ago"
    return "now"
