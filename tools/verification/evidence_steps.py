"""All steps that evidence alone allows, in order. Neither data folder nor network is needed."""

from collections.abc import Iterator
from dataclasses import replace

from tools.metadata.token_json import TokenJson
from tools.verification.choosing_steps import choosing_steps
from tools.verification.deciding_steps import deciding_steps
from tools.verification.document_steps import address_step, rarity_step, read_document
from tools.verification.evidence import Evidence
from tools.verification.log_steps import chain_step, position_step
from tools.verification.making_steps import making_steps
from tools.verification.report import Step


def evidence_steps(evidence: Evidence) -> tuple[TokenJson | None, list[Step]]:
    """The document, if it can be read, and every step.

    Records that do not hold are named by the last step and count for nothing in the others.
    """
    story, chain = chain_step(evidence)
    sound = replace(evidence, story=story)
    document, form = read_document(sound)
    steps = [form, address_step(sound)]
    if document is not None:
        steps += _document_steps(sound, document)
    return document, [*steps, chain]


def _document_steps(evidence: Evidence, document: TokenJson) -> Iterator[Step]:
    yield rarity_step(evidence, document)
    yield from making_steps(evidence.story, document)
    yield from choosing_steps(evidence, document)
    yield from deciding_steps(evidence, document)
    yield position_step(evidence, document)
