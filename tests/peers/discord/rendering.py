"""Messages and modals as web pages that look as Discord's dark theme shows them.

A page is self-contained: pictures are data URIs, nothing is fetched. `photograph` makes a PNG of a
page with a headless Chromium.
"""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.peers.discord.answers import Field, Modal
from tests.peers.discord.clock import seconds_of
from tests.peers.discord.markdown import Markdown
from tests.peers.discord.rendering_style import STYLE
from tests.peers.discord.state import Attachment, Message, User

if TYPE_CHECKING:
    from tests.peers.discord.people import Person
    from tests.peers.discord.server import Peer

Json = dict[str, Any]
PHONE, DESKTOP = 420, 760  # widths in pixels
COLORS = ("#5865f2", "#3ba55d", "#faa61a", "#ed4245", "#eb459e", "#7289da")
MEASURE = "<script>document.title = document.documentElement.scrollHeight</script>"
ROWS = {  # of a gallery, by its number of pictures; three stand as one beside two
    **{1: (1,), 2: (2,), 4: (2, 2), 5: (2, 3), 6: (3, 3), 7: (1, 3, 3), 8: (2, 3, 3)},
    **{9: (3, 3, 3), 10: (1, 3, 3, 3)},
}


class Renderer:
    """Draws what one person sees."""

    def __init__(self, peer: Peer, viewer: Person | None = None) -> None:
        self._peer = peer
        self._viewer = viewer
        self._markdown = Markdown(self._name, peer.clock.now())

    def page(
        self, messages: Iterable[Message], *, width: int = PHONE, channel: str | None = None
    ) -> str:
        """A page with messages, below the channel's name if one is given."""
        head = f'<div class="channel"><i>#</i>{escape(channel)}</div>' if channel else ""
        body = head + "".join(map(self.message, messages))
        return _page(body, width)

    def modal_page(self, modal: Modal, *, width: int = PHONE) -> str:
        """A page with a modal."""
        return _page(self.modal(modal), width)

    # --- messages ---

    def message(self, message: Message) -> str:
        """One message."""
        viewer = self._viewer.user if self._viewer else None
        classes = ["message"]
        classes += ["ephemeral"] if message.ephemeral else []
        classes += ["pings"] if viewer and viewer.id in message.pinged.users else []
        parts = "".join(self._parts(message))
        inner = f"{self._before(message)}{_avatar(message.author)}{self._author(message)}"
        return f'<div class="{" ".join(classes)}">{inner}{parts}{self._after(message)}</div>'

    def _before(self, message: Message) -> str:
        if message.reference is not None:
            said = message.reference.text.split("\n")[0].lstrip("#- ")[:80]
            shown = escape(said) or "Click to see attachment"
            who = escape(message.reference.author.name)
            return f'<div class="before"><b>@{who}</b> {shown}</div>'
        if message.interaction is not None and message.interaction.name:
            who, name = message.interaction.user.name, message.interaction.name
            name = name if message.interaction.data.get("target_id") else f"/{name}"
            return f'<div class="before"><b>{escape(who)}</b> used <b>{escape(name)}</b></div>'
        return ""

    def _author(self, message: Message) -> str:
        badge = '<span class="badge">APP</span>' if message.author.bot else ""
        when = datetime.fromtimestamp(seconds_of(message.id), UTC).strftime("%H:%M")
        name = escape(message.author.display_name or message.author.name)
        return (
            f'<div><span class="author">{name}</span>{badge}<span class="when">{when}</span></div>'
        )

    def _parts(self, message: Message) -> Iterable[str]:
        if message.loading:
            name = escape(message.author.name)
            yield f'<div class="thinking">{name} is thinking…</div>'
            return
        if message.content:
            edited = '<span class="edited">(edited)</span>' if message.edited_at else ""
            yield f'<div class="text">{self._markdown.html(message.content)}{edited}</div>'
        if not message.is_v2:
            for attachment in message.listed:
                yield self._attachment(attachment)
        for embed in message.embeds:
            yield self._embed(embed)
        if message.components:
            drawn = "".join(map(self._component, message.components))
            yield f'<div class="parts">{drawn}</div>'

    def _after(self, message: Message) -> str:
        shown = self._reactions(message)
        if message.thread is not None:
            name, count = escape(message.thread.name), len(message.thread.messages)
            shown += f'<div class="thread">{name} <span>{count} Messages ›</span></div>'
        if message.ephemeral:
            shown += '<div class="only">👁 Only you can see this • <a>Dismiss message</a></div>'
        return shown

    def _reactions(self, message: Message) -> str:
        pills = []
        for reaction in message.reactions.values():
            mine = self._viewer is not None and self._viewer.id in reaction.users
            emoji = escape(reaction.emoji["name"])
            pills.append(
                f'<span class="reaction{" mine" if mine else ""}">{emoji} {len(reaction)}</span>'
            )
        return f'<div class="reactions">{"".join(pills)}</div>' if pills else ""

    def _attachment(self, attachment: Attachment) -> str:
        if attachment.content_type.startswith("image/"):
            source, alt = self._source(attachment.url), escape(attachment.description or "")
            return f'<div class="parts picture"><img src="{source}" alt="{alt}"></div>'
        return f'<div class="parts">{_file(attachment.filename, len(attachment.data))}</div>'

    def _embed(self, embed: Json) -> str:
        color = f' style="--accent:#{embed["color"]:06x}"' if embed.get("color") else ""
        rows = []
        if embed.get("author"):
            rows.append(f'<div class="small">{escape(embed["author"]["name"])}</div>')
        if embed.get("title"):
            rows.append(f'<div class="title">{self._markdown.inline(embed["title"])}</div>')
        if embed.get("description"):
            rows.append(f'<div class="text">{self._markdown.html(embed["description"])}</div>')
        if embed.get("fields"):
            rows.append(f'<div class="fields">{"".join(map(self._field, embed["fields"]))}</div>')
        for key in ("image", "thumbnail"):
            if embed.get(key):
                source = self._source(embed[key]["url"])
                rows.append(f'<div class="picture"><img src="{source}"></div>')
        if embed.get("footer"):
            rows.append(f'<div class="small">{escape(embed["footer"]["text"])}</div>')
        return f'<div class="parts"><div class="embed"{color}>{"".join(rows)}</div></div>'

    def _field(self, field: Json) -> str:
        kind = ' class="inline"' if field.get("inline") else ""
        name, value = self._markdown.inline(field["name"]), self._markdown.html(field["value"])
        return f'<div{kind}><b>{name}</b><div class="text">{value}</div></div>'

    # --- components ---

    def _component(self, component: Json) -> str:
        draw = {
            1: self._row,
            9: self._section,
            10: self._text,
            12: self._gallery,
            13: self._file,
            14: self._separator,
            17: self._container,
        }[component["type"]]
        return draw(component)

    def _container(self, component: Json) -> str:
        color = component.get("accent_color")
        accent = f' accent" style="--accent:#{color:06x}' if color is not None else ""
        inner = "".join(map(self._component, component["components"]))
        return f'<div class="box{accent}">{inner}</div>'

    def _text(self, component: Json) -> str:
        return f'<div class="text">{self._markdown.html(component["content"])}</div>'

    def _section(self, component: Json) -> str:
        texts = "".join(self._markdown.html(one["content"]) for one in component["components"])
        accessory = component["accessory"]
        if accessory["type"] == 11:
            alt = escape(accessory.get("description") or "")
            source = self._source(accessory["media"]["url"])
            beside = f'<img class="thumbnail" src="{source}" alt="{alt}">'
        else:
            beside = self._button(accessory)
        return f'<div class="section"><div class="text">{texts}</div>{beside}</div>'

    def _gallery(self, component: Json) -> str:
        items = component["items"]
        figures = zip(items, _places(len(items)), strict=True)
        kind = " one" if len(items) == 1 else ""
        drawn = "".join(self._figure(item, place) for item, place in figures)
        return f'<div class="gallery{kind}">{drawn}</div>'

    def _figure(self, item: Json, place: str) -> str:
        hidden = ' class="hidden"' if item.get("spoiler") else ""
        alt, source = escape(item.get("description") or ""), self._source(item["media"]["url"])
        return f'<figure{hidden} style="{place}"><img src="{source}" alt="{alt}"></figure>'

    def _file(self, component: Json) -> str:
        return _file(component.get("name", "file"), component.get("size", 0))

    def _separator(self, component: Json) -> str:
        line = " line" if component.get("divider", True) else ""
        wide = " wide" if component.get("spacing", 1) == 2 else ""
        return f'<hr class="{(line + wide).strip()}">'

    def _row(self, component: Json) -> str:
        inner = (
            self._button(one) if one["type"] == 2 else self._select(one)
            for one in component["components"]
        )
        return f'<div class="row">{"".join(inner)}</div>'

    def _button(self, button: Json) -> str:
        emoji = escape((button.get("emoji") or {}).get("name") or "")
        label = escape(button.get("label") or "")
        link = " ↗" if button["style"] == 5 else ""
        off = " off" if button.get("disabled") else ""
        text = " ".join(part for part in (emoji, label) if part)
        return f'<span class="button s{button["style"]}{off}">{text}{link}</span>'

    def _select(self, select: Json) -> str:
        chosen = [one["label"] for one in select.get("options", []) if one.get("default")]
        off = " off" if select.get("disabled") else ""
        shown = f"<b>{escape(', '.join(chosen))}</b>" if chosen else ""
        hint = escape(select.get("placeholder") or "Make a selection")
        return f'<span class="select{off}">{shown or hint}</span>'

    # --- modals ---

    def modal(self, modal: Modal) -> str:
        """A form as a person meets it, nothing filled in yet."""
        rows = []
        for outer in modal.data["components"]:
            if outer["type"] == 10:
                rows.append(self._text(outer))
                continue
            field = next(one for one in modal.fields if one.component in _inside(outer))
            rows.append(self._field_of_modal(field, outer.get("description") or ""))
        buttons = '<span class="button">Cancel</span><span class="button s1">Submit</span>'
        inner = f"<header>{escape(modal.title)}</header><main>{''.join(rows)}</main>"
        return f'<div class="modal">{inner}<footer>{buttons}</footer></div>'

    def _field_of_modal(self, field: Field, description: str) -> str:
        star = "<em>*</em>" if field.required else ""
        small = f"<small>{escape(description)}</small>" if description else ""
        head = f"<label>{escape(field.label)}{star}</label>{small}"
        return f"<div>{head}{self._input(field.component)}</div>"

    def _input(self, component: Json) -> str:
        kind = component["type"]
        if kind == 4:
            value, hint = component.get("value") or "", component.get("placeholder") or ""
            tall = " tall" if component.get("style") == 2 else ""
            empty = "" if value else " empty"
            return f'<div class="input{tall}{empty}">{escape(value or hint)}</div>'
        if kind in (21, 22):
            shape = " round" if kind == 21 else ""
            return "".join(_choice(one, shape) for one in component["options"])
        if kind == 23:
            return _choice({"label": "", "default": component.get("default")}, "")
        if kind == 19:
            return '<div class="input empty">Drop a file here or browse</div>'
        return f'<div style="margin-top:6px">{self._select(component)}</div>'

    # --- what things stand for ---

    def _name(self, kind: str, number: int) -> str:
        if kind == "#":
            channel = self._peer.channels.get(number)
            return channel.name if channel else "unknown"
        if kind == "@&":
            roles = (guild.roles.get(number) for guild in self._peer.guilds.values())
            return next((role.name for role in roles if role), "unknown-role")
        user = self._peer.users.get(number)
        return (user.display_name or user.name) if user else "unknown-user"

    def _source(self, url: str) -> str:
        """A picture as a data URI, so that the page needs no server."""
        found = self._peer.cdn.find(url)
        if found is None:
            return escape(url)
        data = base64.b64encode(self._peer.cdn.served(found)).decode()
        return f"data:{found.content_type};base64,{data}"


def _page(body: str, width: int) -> str:
    kind = "phone" if width <= PHONE else "desktop"
    head = f'<meta charset="utf-8"><style>{STYLE}body{{width:{width}px}}</style>'
    return f'<!doctype html><html><head>{head}</head><body class="{kind}">{body}</body></html>'


def _places(count: int) -> list[str]:
    """Where each picture of a gallery stands, in a grid of six columns."""
    if count == 3:
        return ["grid-column:span 4;grid-row:span 2", *["grid-column:span 2"] * 2]
    wide = {1: "aspect-ratio:2", 2: "aspect-ratio:1", 3: "aspect-ratio:1"}
    rows = ROWS[count]
    return [f"grid-column:span {6 // row};{wide[row]}" for row in rows for _ in range(row)]


def _avatar(user: User) -> str:
    color = COLORS[sum(user.name.encode()) % len(COLORS)]
    letter = escape((user.display_name or user.name)[0].upper())
    return f'<div class="avatar" style="background:{color}">{letter}</div>'


def _file(name: str, size: int) -> str:
    kilobytes = f"{size / 1024:.1f} KB"
    return f'<div class="file">📄<div><a>{escape(name)}</a><span>{kilobytes}</span></div></div>'


def _choice(option: Json, shape: str) -> str:
    chosen = " on" if option.get("default") else ""
    return f'<div class="choice{shape}{chosen}">{escape(option["label"])}</div>'


def _inside(outer: Json) -> list[Json]:
    return [*(outer.get("components") or []), outer.get("component") or {}]


def photograph(page: str, target: Path, *, width: int = PHONE) -> Path:
    """A PNG of a whole page, taken with a headless Chromium at twice the size."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page + MEASURE, encoding="utf-8")
        measured = _chromium(source, f"--window-size={width},50", "--dump-dom")
        height = re.search(rb"<title>(\d+)</title>", measured)
        size = f"--window-size={width},{int(height[1]) if height else 900}"
        _chromium(source, size, "--force-device-scale-factor=2", f"--screenshot={target}")
    return target


def _chromium(source: Path, *options: str) -> bytes:
    usual = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    profile = f"--user-data-dir={source.parent}/profile"
    command = ["chromium", *usual, profile, *options, source.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
