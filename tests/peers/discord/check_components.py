"""What Discord demands of components, in messages and in modals.

Source: Discord's documentation, "Component Reference" and "Using Message Components".
"""

from typing import Any

from tests.peers.discord.forms import Form, Path
from tests.peers.discord.reading import components_in

Json = dict[str, Any]

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
AUTO_SELECTS = (5, 6, 7, 8)
SELECTS = (STRING_SELECT, *AUTO_SELECTS)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 17, 18, 19, 21, 22, 23

IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
ON_TOP = (*IN_CONTAINER, CONTAINER)
IN_LABEL = (*SELECTS, TEXT_INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
MOST_COMPONENTS = 40
MOST_TEXT = 4000
MOST_ALT_TEXT = 1024


def check_message_components(
    form: Form, components: Any, path: Path, *, v2: bool, files: set[str]
) -> None:
    """Components of a message: rows alone, or the whole of V2 when its flag is set."""
    if not isinstance(components, list):
        form.bad(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    most = MOST_COMPONENTS if v2 else 5
    if len(components) > most:
        form.bad(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")
    for place, component in enumerate(components):
        here = (*path, place)
        if _known(form, component, here, ON_TOP if v2 else (ROW,)):
            _check(form, component, here, files)
    if v2:
        _check_totals(form, components, path)
    _check_unique(form, components, path)


def _known(form: Form, component: Any, path: Path, allowed: tuple[int, ...]) -> bool:
    if not isinstance(component, dict):
        message = "Only dictionaries may be used in a DictType"
        form.bad(path, "DICT_TYPE_CONVERT", message)
        return False
    return form.choice(component.get("type"), (*path, "type"), allowed)


def _check_totals(form: Form, components: list[Json], path: Path) -> None:
    whole = components_in([one for one in components if isinstance(one, dict)])
    if len(whole) > MOST_COMPONENTS:
        message = f"Total number of components exceeds the maximum of {MOST_COMPONENTS}"
        form.bad(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    text = sum(len(str(one.get("content") or "")) for one in whole if one.get("type") == TEXT)
    if text > MOST_TEXT:
        message = f"The total displayable text size exceeds the maximum of {MOST_TEXT}"
        form.bad(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _check_unique(form: Form, components: list[Json], path: Path) -> None:
    whole = components_in([one for one in components if isinstance(one, dict)])
    seen: set[str] = set()
    ids: set[int] = set()
    for component in whole:
        custom_id, number = component.get("custom_id"), component.get("id")
        if custom_id is not None and custom_id in seen:
            message = "Component custom id cannot be duplicated"
            form.bad(path, "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        if number and number in ids:
            form.bad(path, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        seen.add(str(custom_id))
        ids.add(number or 0)


def _check(form: Form, component: Json, path: Path, files: set[str]) -> None:
    kind = component["type"]
    if kind == ROW:
        _check_row(form, component, path)
    elif kind == TEXT:
        form.text(component, "content", path, MOST_TEXT, 1, required=True)
    elif kind == SECTION:
        _check_section(form, component, path, files)
    elif kind == THUMBNAIL:
        _check_media(form, component, "media", path, files)
    elif kind == GALLERY:
        for place, item in enumerate(form.items(component, "items", path, 10, 1, required=True)):
            _check_media(form, item, "media", (*path, "items", place), files)
    elif kind == FILE:
        _check_media(form, component, "file", path, files, attached=True)
    elif kind == SEPARATOR:
        form.number(component, "spacing", path, 1, 2)
    elif kind == CONTAINER:
        _check_container(form, component, path, files)


def _check_container(form: Form, component: Json, path: Path, files: set[str]) -> None:
    form.number(component, "accent_color", path, 0, 0xFFFFFF)
    inner = form.items(component, "components", path, MOST_COMPONENTS, 1, required=True)
    for place, child in enumerate(inner):
        here = (*path, "components", place)
        if _known(form, child, here, IN_CONTAINER):
            _check(form, child, here, files)


def _check_section(form: Form, component: Json, path: Path, files: set[str]) -> None:
    texts = form.items(component, "components", path, 3, 1, required=True)
    for place, child in enumerate(texts):
        here = (*path, "components", place)
        if _known(form, child, here, (TEXT,)):
            _check(form, child, here, files)
    accessory, here = component.get("accessory"), (*path, "accessory")
    if accessory is None:
        form.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
    elif _known(form, accessory, here, (BUTTON, THUMBNAIL)):
        if accessory["type"] == BUTTON:
            _check_button(form, accessory, here)
        else:
            _check(form, accessory, here, files)


def _check_media(
    form: Form, item: Any, key: str, path: Path, files: set[str], *, attached: bool = False
) -> None:
    if not isinstance(item, dict) or not isinstance(item.get(key), dict):
        form.bad((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
        return
    form.text(item, "description", path, MOST_ALT_TEXT)
    url = form.text(item[key], "url", (*path, key), 2048, 1, required=True) or ""
    here = (*path, key, "url")
    scheme, _, name = url.partition("://")
    if scheme == "attachment":
        if name not in files:
            message = "The referenced attachment is not in the message"
            form.bad(here, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
    elif attached and "/attachments/" not in url:
        form.bad(here, "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED", "Must be an attachment:// url")
    elif scheme not in ("http", "https"):
        schemes = "('http', 'https', 'attachment')"
        form.bad(here, "URL_TYPE_INVALID_SCHEME", f"Scheme must be one of {schemes}.")


def _check_row(form: Form, row: Json, path: Path) -> None:
    children = form.items(row, "components", path, 5, 1, required=True)
    kinds = [child.get("type") for child in children if isinstance(child, dict)]
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        message = "The specified component exceeds the maximum width"
        form.bad((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    for place, child in enumerate(children):
        here = (*path, "components", place)
        if not _known(form, child, here, (BUTTON, *SELECTS)):
            continue
        if child["type"] == BUTTON:
            _check_button(form, child, here)
        else:
            _check_select(form, child, here)


def _check_button(form: Form, button: Json, path: Path) -> None:
    form.text(button, "label", path, 80)
    style: Any = button.get("style")
    if not form.choice(style, (*path, "style"), range(1, 7)):
        return
    if style == 5:
        url = form.text(button, "url", path, 512, 1, required=True)
        if url and url.partition("://")[0] not in ("http", "https", "discord"):
            schemes = "('http', 'https', 'discord')"
            form.bad((*path, "url"), "BASE_TYPE_SCHEME", f"Scheme must be one of {schemes}.")
    elif style < 5:
        form.text(button, "custom_id", path, 100, 1, required=True)
    if style == 5 and button.get("custom_id"):
        message = "A custom id and url cannot both be specified"
        form.bad((*path, "custom_id"), "COMPONENT_CUSTOM_ID_AND_URL", message)
    if style != 6 and not button.get("label") and not button.get("emoji"):
        form.bad((*path, "label"), "BUTTON_COMPONENT_NO_LABEL_OR_EMOJI", "A label is required")
    _check_emoji(form, button, path)


def _check_emoji(form: Form, holder: Json, path: Path) -> None:
    emoji = holder.get("emoji")
    if emoji is None:
        return
    name = emoji.get("name") if isinstance(emoji, dict) else None
    if not (isinstance(emoji, dict) and (emoji.get("id") or (name and not name.isascii()))):
        form.bad((*path, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _check_select(form: Form, select: Json, path: Path) -> None:
    form.text(select, "custom_id", path, 100, 1, required=True)
    form.text(select, "placeholder", path, 150)
    least = form.number(select, "min_values", path, 0, 25)
    most = form.number(select, "max_values", path, 1, 25)
    if (1.0 if least is None else least) > (1.0 if most is None else most):
        message = "min_values must be less than or equal to max_values"
        form.bad((*path, "min_values"), "COMPONENT_MIN_VALUES_TOO_LARGE", message)
    if select["type"] == STRING_SELECT:
        options = form.items(select, "options", path, 25, 1, required=True)
        _check_options(form, options, path)


def _check_options(form: Form, options: list[Any], path: Path, most_text: int = 100) -> None:
    values: set[str] = set()
    for place, option in enumerate(options):
        here = (*path, "options", place)
        form.text(option, "label", here, most_text, 1, required=True)
        form.text(option, "description", here, 100)
        value = form.text(option, "value", here, 100, 1, required=True)
        if value in values:
            message = "The specified option value is already used"
            form.bad((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(value or "")
        _check_emoji(form, option, here)


def check_modal(form: Form, modal: Json, path: Path) -> None:
    """A modal: its title, and between one and five things in it."""
    form.text(modal, "title", path, 45, 1, required=True)
    form.text(modal, "custom_id", path, 100, 1, required=True)
    components = form.items(modal, "components", path, 5, 1, required=True)
    for place, component in enumerate(components):
        here = (*path, "components", place)
        if not _known(form, component, here, (ROW, TEXT, LABEL)):
            continue
        if component["type"] == ROW:
            _check_row_of_input(form, component, here)
        elif component["type"] == TEXT:
            form.text(component, "content", here, MOST_TEXT, 1, required=True)
        else:
            _check_label(form, component, here)
    _check_unique(form, components, (*path, "components"))


def _check_row_of_input(form: Form, row: Json, path: Path) -> None:
    children = form.items(row, "components", path, 1, 1, required=True)
    for place, child in enumerate(children):
        here = (*path, "components", place)
        if _known(form, child, here, (TEXT_INPUT,)):
            form.text(child, "label", here, 45, 1, required=True)
            _check_input(form, child, here)


def _check_label(form: Form, label: Json, path: Path) -> None:
    form.text(label, "label", path, 45, 1, required=True)
    form.text(label, "description", path, 100)
    inner, here = label.get("component"), (*path, "component")
    if inner is None:
        form.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
        return
    if not _known(form, inner, here, IN_LABEL):
        return
    kind = inner["type"]
    if kind == TEXT_INPUT:
        _check_input(form, inner, here)
    elif kind in SELECTS:
        _check_select(form, inner, here)
        _check_select_in_modal(form, inner, here)
    else:
        _check_other_field(form, inner, here)


def _check_select_in_modal(form: Form, select: Json, path: Path) -> None:
    if select.get("disabled"):
        message = "Modals cannot have disabled components"
        form.bad((*path, "disabled"), "COMPONENT_DISABLED_IN_MODAL", message)
    if select.get("required", True) and select.get("min_values") == 0:
        message = "min_values must be at least 1 when the select is required"
        form.bad((*path, "min_values"), "COMPONENT_REQUIRED_MIN_VALUES", message)


def _check_input(form: Form, field: Json, path: Path) -> None:
    form.text(field, "custom_id", path, 100, 1, required=True)
    form.choice(field.get("style"), (*path, "style"), (1, 2))
    form.text(field, "placeholder", path, 100)
    least = form.number(field, "min_length", path, 0, 4000)
    most = form.number(field, "max_length", path, 1, 4000)
    if least is not None and most is not None and least > most:
        message = "min_length must be less than or equal to max_length"
        form.bad((*path, "min_length"), "TEXT_INPUT_MIN_LENGTH_TOO_LARGE", message)
    form.text(field, "value", path, int(most or 4000))


def _check_other_field(form: Form, field: Json, path: Path) -> None:
    form.text(field, "custom_id", path, 100, 1, required=True)
    if field["type"] == UPLOAD:
        form.number(field, "min_values", path, 0, 10)
        form.number(field, "max_values", path, 1, 10)
    elif field["type"] in (RADIO, CHECKBOXES):
        least = 2 if field["type"] == RADIO else 1
        _check_options(form, form.items(field, "options", path, 10, least, required=True), path)
