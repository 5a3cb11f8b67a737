"""The house model's text side: a small BPE tokenizer and a two-layer CLIP text encoder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.training.dataset import caption, example_traits

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

TEXT_WIDTH = 128
MAX_TOKENS = 40
VOCABULARY_LIMIT = 1400
START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"


def new_tokenizer(captions: int = 3000) -> CLIPTokenizer:
    """A CLIP tokenizer whose byte pairs were learned from training captions."""
    from transformers import CLIPTokenizer

    vocabulary, merges = _learned_pairs(captions)
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=MAX_TOKENS)


def _learned_pairs(captions: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Train BPE with CLIP's own normaliser and word splitting; returns vocabulary and merges."""
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    rules = CLIPTokenizer().backend_tokenizer
    learner = Tokenizer(models.BPE(end_of_word_suffix=WORD_END, unk_token=END))
    learner.normalizer, learner.pre_tokenizer = rules.normalizer, rules.pre_tokenizer
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_LIMIT,
        special_tokens=[START, END, *alphabet, *(letter + WORD_END for letter in alphabet)],
        end_of_word_suffix=WORD_END,
        show_progress=False,
    )
    learner.train_from_iterator(_caption_texts(captions), trainer)
    model = json.loads(learner.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]


def _caption_texts(count: int) -> Iterator[str]:
    rng = random.Random("mintmark/tokenizer")
    return (caption(example_traits("train", index), rng) for index in range(count))


def new_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """An untrained CLIP text model for that tokenizer: 128 wide, two layers, four heads."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=TEXT_WIDTH,
            intermediate_size=4 * TEXT_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=MAX_TOKENS,
            projection_dim=TEXT_WIDTH,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            attention_dropout=0.0,
        )
    )
