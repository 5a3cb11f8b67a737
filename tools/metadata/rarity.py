"""How rare a token is among its collection, "as of supply N".

OpenRarity's order (https://github.com/OpenRarity/open-rarity, version 0.7.5) in exact integers:

1. Names and values of traits are stripped and lower-cased; a trait that a token lacks counts as
   the value null; the number of traits that are not "none" is one more trait (`trait_count`).
2. A token's information content is the sum of log2(N / count) over its traits. Every token has
   the same number of factors, so the order is that of the product of its integer counts.
3. Tokens are sorted by the number of traits nobody else has, then by information content, both
   descending; equal tokens share a rank, and the next rank skips: 1, 2, 2, 4.

The score is OpenRarity's too: information content divided by the entropy of the collection, which
makes the average token 1. Anyone who has the traits of the supply can compute all of it again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from math import prod
from typing import Final

from tools.errors import InvalidInput

ALGORITHM: Final = "openrarity-0.7.5"
TRAIT_COUNT = "meta_trait:trait_count"

_NOT_A_TRAIT = ("", "none")
_NULL = None
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)  # Decimal.ln is correctly rounded anywhere

Traits = Mapping[str, str]
_Normal = dict[str, str]
_Counts = dict[str, Counter[str | None]]


@dataclass(frozen=True)
class Rarity:
    """The rarity of one token in a supply of `supply` tokens."""

    rank: int  # 1 is the rarest; equal tokens share a rank
    supply: int  # how many tokens the rank counts, this one included
    unique_traits: int  # traits that no other token of the supply has
    score: int  # OpenRarity score in thousandths: 1000 is the average token
    likelihood: str  # exact fraction "a/b": product of its traits' shares of the supply

    def __str__(self) -> str:
        return f"rank {self.rank} as of supply {self.supply}"


def rarity(others: Sequence[Traits], token: Traits) -> Rarity:
    """The rarity of `token` once it has joined the `others`, as of supply len(others) + 1.

    Raises InvalidInput when a token names one trait twice or uses the reserved `trait_count`.
    """
    return ranking([*others, token])[-1]


def ranking(corpus: Sequence[Traits]) -> list[Rarity]:
    """The rarity of every token of the corpus, in the order given.

    Raises InvalidInput when a token names one trait twice or uses the reserved `trait_count`.
    """
    tokens = [_normal(traits) for traits in corpus]
    counts = _count(tokens)
    factors = [[counts[name][token.get(name, _NULL)] for name in counts] for token in tokens]
    unique = [sum(counts[name][token[name]] == 1 for name in token) for token in tokens]
    keys = [(-own, prod(product)) for own, product in zip(unique, factors, strict=True)]
    ranks, scores = _ranks(keys), _scores(factors, counts)
    return [
        Rarity(ranks[key], len(tokens), own, score, _likelihood(token_factors, len(tokens)))
        for key, own, score, token_factors in zip(keys, unique, scores, factors, strict=True)
    ]


def _normal(traits: Traits) -> _Normal:
    normal: _Normal = {}
    for name, value in traits.items():
        key = name.strip().lower()
        if key in normal or key == TRAIT_COUNT:
            raise InvalidInput(
                "The trait {key!r} may stand only once in a token, and no token may name "
                "{reserved!r} itself.",
                key=key,
                reserved=TRAIT_COUNT,
            )
        normal[key] = value.strip().lower()
    worn = sum(value not in _NOT_A_TRAIT for value in normal.values())
    return normal | {TRAIT_COUNT: str(worn)}


def _count(tokens: Sequence[_Normal]) -> _Counts:
    """For every trait name, how many tokens have each value; None counts those without it."""
    names = sorted({name for token in tokens for name in token})
    return {name: Counter(token.get(name, _NULL) for token in tokens) for name in names}


def _ranks(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    ranks: dict[tuple[int, int], int] = {}
    for position, key in enumerate(sorted(keys), start=1):
        ranks.setdefault(key, position)
    return ranks


def _likelihood(factors: Sequence[int], supply: int) -> str:
    share = Fraction(prod(factors), supply ** len(factors))
    return f"{share.numerator}/{share.denominator}"


def _scores(factors: Sequence[Sequence[int]], counts: _Counts) -> list[int]:
    """Every token's information content over the collection's entropy, in thousandths."""
    supply = len(factors)
    occurring = {count for values in counts.values() for count in values.values()}
    with localcontext(_CONTEXT):
        surprise = {count: (Decimal(supply) / count).ln() for count in occurring}
        entropy = _entropy(counts, surprise)
        if not entropy:
            return [0] * supply
        contents = (sum((surprise[count] for count in own), Decimal(0)) for own in factors)
        return [int((1000 * supply * c / entropy).to_integral_value()) for c in contents]


def _entropy(counts: _Counts, surprise: Mapping[int, Decimal]) -> Decimal:
    """N times the sum of p·ln(1/p) over every value of every trait; its base cancels out later."""
    terms = (count * surprise[count] for values in counts.values() for count in values.values())
    return sum(terms, Decimal(0))
