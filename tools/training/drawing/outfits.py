"""What a character wears and holds, as sprites with their own outlines and shading."""

from __future__ import annotations

from tools.training.drawing.canvas import (
    INK,
    Canvas,
    Mask,
    Ramp,
    Y,
    box,
    dome_light,
    ellipse,
    grown,
)
from tools.training.drawing.palette import RAMPS

Rows = tuple[str, ...]

HEADGEAR: dict[str, tuple[int, int, Rows]] = {
    # value -> left column, top row, sprite
    "crown": (9, 2, (
        ".KK...KK...KK.",
        "KLGK.KLGK.KLGK",
        "KGYKKKGYKKKGYK",
        "KGYYKGYYYKYYYK",
        "KGGGYYGYYYYYyK",
        "KGRYYYBYYYRyyK",
        "KGRRYBBXYRRyyK",
        "KYYYYYYYyyyyqK",
        ".KKKKKKKKKKKK.",
    )),
    "wizard hat": (6, 0, (
        "...........KKKK.....",
        ".........KKPPpK.....",
        "........KVPPppK.....",
        ".......KVPPGpvK.....",
        "......KVPPPppvK.....",
        ".....KVPGPPPppvK....",
        ".....KVPPPPGppvK....",
        "....KGGGYYYYYyyyK...",
        ".KKKVPPPPPPPPppvvKKK",
        "KVVPPPPPPPPppppvvvvK",
        ".KKKKKKKKKKKKKKKKKK.",
    )),
    "top hat": (8, 0, (
        "..KKKKKKKKKKKK..",
        "..KhhhggggkkkK..",
        "..KhhggggkkkkK..",
        "..KhhggggkkkkK..",
        "..KhhggggkkkkK..",
        "..KERRRRRRrreK..",
        "..KERRRRRRrreK..",
        "KKKhhggggkkkkKKK",
        "KhhhgggggkkkkkkK",
        ".KKKKKKKKKKKKKK.",
    )),
    "beanie": (8, 1, (
        "......KKKK......",
        ".....KWWwuK.....",
        ".....KWwuuK.....",
        "...KKKKKKKKKK...",
        "..KCCCCcCcCccK..",
        ".KDCCCcCcCccccK.",
        ".KDCCCCcCcCcccK.",
        "KKKKKKKKKKKKKKKK",
        "KWWwWWwWWwWWwuuK",
        "KWwwWwwWwwWwuuuK",
        ".KKKKKKKKKKKKKK.",
    )),
    "halo": (7, 1, (
        ".....KKKKKKKK.....",
        "..KKKLLLLLLLLKKK..",
        ".KLLLGGKKKKGGLLLK.",
        "KLLGKK......KKGGYK",
        "KLGGGKKKKKKKKGGYYK",
        ".KGGGGGYYYYYYYYYK.",
        "..KKKKYYYYYYKKKK..",
        "......KKKKKK......",
    )),
    "helmet": (4, 0, (
        ".KK..................KK.",
        "KLLK................KLLK",
        "KLWLK..............KLWuK",
        "KWLLK..KKKKKKKKKK..KLwuK",
        ".KWLLKKSZZSSSssddKKLwuK.",
        ".KWLLKSZZSSYyssdddKwuuK.",
        "..KWLKZZSSSYyssdddKuuK..",
        "...KKSZSSSSYysssdddKK...",
        "....KGGGGYYYyYYYyyyK....",
        "....KGKYGKYYKYYKyKqK....",
        ".....KKKKKKKKKKKKKK.....",
    )),
    "headphones": (3, 4, (
        ".......KKKKKKKKKKKK.......",
        ".....KKEERRRRRRRRrrKK.....",
        "....KEERRKKKKKKKKRRrrK....",
        "...KERKKK........KKKRrK...",
        "..KERK..............KRrK..",
        "..KRK................KrK..",
        ".KKKK................KKKK.",
        "KKEEKK..............KKRrKK",
        "KEERrK..............KERrrK",
        "KERRrK..............KERrrK",
        "KERRrK..............KERrrK",
        "KERRrK..............KERreK",
        "KRRrrK..............KRrreK",
        "KKrrKK..............KKreKK",
        ".KKKK................KKKK.",
    )),
}  # fmt: skip

_CLOTHES: dict[str, tuple[str, Rows]] = {
    # value -> ramp of the cloth, and what is on it: sixteen columns from 8, rows 25 to 31
    "hoodie": ("orange", (
        ".jjjjj....jjjjj.",
        "jJJJJjKKKKjOOOoj",
        "..jjjjW..Wjjjj..",
        "......W..W......",
        "......W..W......",
        "...jjjjjjjjjj...",
        "...jOOOOOOooj...",
    )),
    "armour": ("steel", (
        "YGGGYK....KYGGyy",
        "KKKKYYKKKKYyKKKK",
        "ZZSSKYGGYYyKssdd",
        "ZSsdK.KYyK.Kssdz",
        "KKKKZ.KYyK.sKKKK",
        "..KZZSKYyKssdK..",
        "..KKKKKKKKKKKK..",
    )),
    "suit": ("black", (
        "....KWWWWWWK....",
        "....KWWRRWWK....",
        "...hKKWRRWKKg...",
        "...hhKWRrWKgg...",
        "....hKWRrWKg....",
        "..WW.KWRrWK.....",
        "......KRrK..G...",
    )),
    "robe": ("purple", (
        "..YYYYYYYYYYYY..",
        ".YGGGGGYYYYYyyY.",
        "...G..YGGY......",
        "..GLG..Yy....G..",
        "...G...Yy...GLG.",
        ".......Yy....G..",
        "....G..Yy.......",
    )),
    "jersey": ("white", (
        "....KbbbbbbK....",
        "bbbbbbbbbbbbbbbb",
        "................",
        "bbbbbbbbbbbbbbbb",
        "................",
        "bbbbbbbbbbbbbbbb",
        "................",
    )),
    "overalls": ("gold", (
        "..KXBK....KBbK..",
        "..KXBK....KBbK..",
        "..KGBKKKKKKGbK..",
        "..KXXBBBBBBbbK..",
        "..KXBBxxxxBBbK..",
        "..KXBBxBBxBbbK..",
        "KKKXBBxxxxBBbKKK",
    )),
    "spacesuit": ("white", (
        ".KuZZZZSSSSSsuK.",
        "KuuSSSSSssssuuuK",
        "...KKKKKKKKKK...",
        "OO.KzRRzNNzBK.oo",
        "OO.KzRRzNNzBK.oo",
        "...KKKKKKKKKK...",
        "................",
    )),
    "kimono": ("red", (
        "....WWK..KWW....",
        "H....WWKKWW...H.",
        "......WWWW......",
        ".H.....WWw...H..",
        "KKKKKKKKWWKKKKKK",
        "KGGGGYYYYYYYyyyK",
        "KGGGYYYYYYYyyyyK",
    )),
}  # fmt: skip

ACCESSORIES: dict[str, tuple[int, int, Rows]] = {
    "balloon": (24, 7, (
        "..KKKK..",
        ".KERRRK.",
        "KEWERRrK",
        "KEERRRrK",
        "KRRRRrrK",
        ".KRRrrK.",
        "..KrrK..",
        "...KK...",
        "...W....",
        "...W....",
        "....W...",
        "....W...",
        "...W....",
        "...W....",
        "...W....",
        "...W....",
        "...W....",
        "...W....",
        "...W....",
    )),
    "potion": (24, 18, (
        "..KKKK..",
        "..KTfK..",
        "..KDWK..",
        "..KDwK..",
        ".KDWDWK.",
        "KMNNMNnK",
        "KMMNNNnK",
        "KNMNMnnK",
        "KNNNnnmK",
        ".KKKKKK.",
    )),
    "lantern": (24, 15, (
        "...KK...",
        "..KyyK..",
        "..K..K..",
        ".KKKKKK.",
        "KyYYYyyK",
        "KKLLLGKK",
        "KGLWLLGK",
        "KGLWWLGK",
        "KGLLLGYK",
        "KKGGGYKK",
        "KyYYYyqK",
        ".KKKKKK.",
    )),
    "shield": (22, 19, (
        "...KKKK...",
        ".KKZSSsKK.",
        "KZSKKKKsdK",
        "KSKBBBBKdK",
        "KSKBGYBKdK",
        "KSKBYYBKdK",
        "KsKBBbbKdK",
        "KsdKKKKddK",
        ".KKsdddKK.",
        "...KKKK...",
    )),
    "sword": (25, 9, (
        "...KK..",
        "..KZSK.",
        "..KZSK.",
        "..KZSK.",
        "..KZSK.",
        "..KZsK.",
        "..KZsK.",
        "..KZsK.",
        "..KZsK.",
        "..KZsK.",
        "..KZsK.",
        "..KZsK.",
        "KKKZsKK",
        "KGGYYyK",
        "KKKKKKK",
        "..KFfK.",
        "..KFfK.",
        "..KYyK.",
        "...KK..",
    )),
    "wand": (23, 13, (
        "....KK...",
        "...KLGK..",
        "KKKKLGKKK",
        "KLLLLGGYK",
        ".KLLGGYK.",
        "..KGGYK..",
        ".KGGKYYK.",
        ".KGKKKYK.",
        "..KKVPK..",
        "...KVPK..",
        "...KPpK..",
        "...KPpK..",
        "...KPpK..",
        "...KPpK..",
        "...KPpK..",
        "....KK...",
    )),
    "coin": (23, 19, (
        "..KKKKK..",
        ".KLLGGYK.",
        "KLGYYYGyK",
        "KLYKKKYyK",
        "KGYKYKYyK",
        "KGYKYKYyK",
        "KGYKYKYqK",
        "KYGyyyyqK",
        ".KYyyqqK.",
        "..KKKKK..",
    )),
}  # fmt: skip

_TORSO: Mask = ellipse(15.5, 31, 10.5, 6.6) & (Y >= 25) | box(7, 28, 24, 31) | box(8, 26, 23, 31)


def paint_clothing(canvas: Canvas, value: str) -> None:
    """The torso in its cloth."""
    ramp, rows = _CLOTHES[value]
    light = dome_light(15.5, 29, 12, 8) + 0.12
    canvas.outlined(_TORSO, RAMPS[ramp], light)
    canvas.sprite(rows, 8, 25, RAMPS[ramp])


def paint_headgear(canvas: Canvas, value: str, fur: Ramp) -> None:
    """The hat, standing on the head; nothing for "none"."""
    if value != "none":
        x, y, rows = HEADGEAR[value]
        canvas.sprite(rows, x, y, fur)


def paint_accessory(canvas: Canvas, value: str, fur: Ramp) -> None:
    """What the character's left hand holds, at the picture's right edge, and the hand."""
    if value == "none":
        return
    x, y, rows = ACCESSORIES[value]
    canvas.sprite(rows, x, y, fur)
    if value not in ("shield", "coin"):
        hand = ellipse(26.6, 28.4, 1.9, 1.9)
        canvas.flat(grown(hand), INK)
        canvas.shade(hand, fur[2:6], dome_light(26.6, 28.4, 2.5, 2.5))
