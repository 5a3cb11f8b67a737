"""The words themselves: every trait value with its phrase, synonyms and rarity weight.

A phrase is canonical: the house model was trained on it, so changing one means training again.
Synonyms are read by `read_traits` and were mixed into the training captions.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TraitValue:
    """One value of one category."""

    name: str
    # the canonical words for it in a prompt
    phrase: str
    # relative frequency within its category when nobody asked for a value
    weight: float
    # other words that mean it
    synonyms: tuple[str, ...] = ()


V = TraitValue

VOCABULARY: dict[str, tuple[TraitValue, ...]] = {
    "species": (
        V("fox", "fox", 14, ("vixen", "foxes")),
        V("cat", "cat", 14, ("kitten", "kitty", "feline", "cats")),
        V("rabbit", "rabbit", 13, ("bunny", "hare", "rabbits")),
        V("bear", "bear", 13, ("teddy", "teddy bear", "grizzly", "bears")),
        V("frog", "frog", 12, ("toad", "frogs")),
        V("owl", "owl", 10, ("owlet", "owls")),
        V("robot", "robot", 9, ("android", "bot", "robots")),
        V("axolotl", "axolotl", 6, ("salamander", "axolotls")),
        V("ghost", "ghost", 5, ("spirit", "phantom", "ghosts")),
        V("dragon", "dragon", 4, ("drake", "wyrm", "dragons")),
    ),
    "palette": (
        V("amber", "amber", 18, ("orange", "tawny")),
        V("azure", "azure", 16, ("blue", "cobalt")),
        V("emerald", "emerald", 16, ("green", "jade")),
        V("crimson", "crimson", 14, ("red", "scarlet", "ruby")),
        V("rose", "rose", 12, ("pink", "blush")),
        V("silver", "silver", 10, ("grey", "gray", "ash")),
        V("violet", "violet", 9, ("purple", "amethyst")),
        V("obsidian", "obsidian", 5, ("black", "dark")),
    ),
    "background": (
        V("forest", "deep forest", 17, ("forest", "woods", "woodland", "among trees")),
        V("ocean", "calm ocean", 16, ("ocean", "sea", "seaside", "beach")),
        V("city", "neon city", 15, ("city", "skyline", "downtown", "city lights")),
        V("sunset", "pink sunset", 14, ("sunset", "dusk", "evening sky")),
        V("desert", "desert dunes", 13, ("desert", "dunes", "sand dunes")),
        V("peaks", "snowy peaks", 11, ("mountains", "peaks", "snowy mountains", "snow")),
        V("night", "starry night", 9, ("night", "night sky", "stars", "under the stars")),
        V("volcano", "glowing volcano", 5, ("volcano", "lava", "lava field", "magma")),
    ),
    "eyes": (
        V("round", "round eyes", 22, ("big eyes", "wide eyes", "cute eyes")),
        V("sleepy", "sleepy eyes", 17, ("sleepy", "tired eyes", "drowsy", "drowsy eyes")),
        V("happy", "happy eyes", 16, ("happy", "cheerful eyes", "cheerful", "joyful")),
        V("angry", "angry eyes", 14, ("angry", "furious", "glaring", "angry look")),
        V("wink", "winking eye", 12, ("winking", "wink", "winking eyes")),
        V("shades", "dark sunglasses", 9, ("sunglasses", "shades", "cool shades")),
        V("heart", "heart eyes", 6, ("heart shaped eyes", "lovestruck", "in love")),
        V("star", "star eyes", 4, ("starry eyes", "starry eyed", "star shaped eyes")),
    ),
    "mouth": (
        V("smile", "gentle smile", 26, ("smile", "smiling", "big smile")),
        V("frown", "sad frown", 20, ("frown", "frowning", "sad", "sad mouth")),
        V("grin", "toothy grin", 18, ("grin", "grinning", "teeth", "toothy smile")),
        V("open", "open mouth", 15, ("surprised", "gasping", "shouting", "open mouthed")),
        V("tongue", "tongue out", 12, ("tongue", "cheeky", "sticking its tongue out")),
        V("fangs", "sharp fangs", 9, ("fangs", "fanged", "fanged grin", "vampire teeth")),
    ),
    "headgear": (
        V("none", "bare head", 24, ("no hat", "without a hat", "bareheaded", "no headgear")),
        V("beanie", "woolly beanie", 18, ("beanie", "knit cap", "woolly hat", "bobble hat")),
        V("headphones", "headphones", 15, ("headset", "earphones")),
        V("top hat", "top hat", 13, ("tall hat", "gentleman hat", "cylinder hat")),
        V("helmet", "horned helmet", 11, ("viking helmet", "helmet", "viking")),
        V("wizard hat", "wizard hat", 9, ("witch hat", "magic hat", "pointed hat")),
        V("halo", "glowing halo", 6, ("halo", "angel", "angel ring")),
        V("crown", "golden crown", 4, ("crown", "royal crown", "king", "queen")),
    ),
    "clothing": (
        V("hoodie", "orange hoodie", 18, ("hoodie", "hooded sweater")),
        V("overalls", "denim overalls", 17, ("overalls", "dungarees", "denim")),
        V("jersey", "striped jersey", 16, ("striped shirt", "jersey", "sailor shirt", "stripes")),
        V("suit", "black suit", 14, ("suit", "tuxedo", "suit and tie", "business suit")),
        V("kimono", "red kimono", 12, ("kimono", "yukata")),
        V("robe", "mystic robe", 10, ("robe", "wizard robe", "mage robe")),
        V("spacesuit", "white spacesuit", 8, ("spacesuit", "astronaut", "space suit")),
        V("armour", "plate armour", 5, ("armour", "armor", "plate armor", "knight")),
    ),
    "accessory": (
        V("none", "empty hands", 26, ("no accessory", "nothing in hand", "empty handed")),
        V("balloon", "red balloon", 17, ("balloon",)),
        V("potion", "green potion", 15, ("potion", "flask", "magic potion", "elixir")),
        V("lantern", "glowing lantern", 13, ("lantern", "lamp")),
        V("shield", "round shield", 11, ("shield", "wooden shield")),
        V("sword", "steel sword", 9, ("sword", "blade")),
        V("wand", "star wand", 6, ("wand", "magic wand", "fairy wand")),
        V("coin", "gold coin", 3, ("coin", "golden coin", "mint coin")),
    ),
}

WORDS_WITHOUT_MEANING: frozenset[str] = frozenset(
    """a an and as at be by character for from has have having he her his holding holds i in is it
    its like make me my of on one or our picture pixel art please portrait she some that the their
    them they this to under wearing wears we wears with you your draw drawing image create generate
    paint want would like nft avatar fur coloured colored color colour cute style looking look behind
    front background against standing over""".split()
)
