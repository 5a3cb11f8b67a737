"""How the pictures are learned, from words and drawings to shipped weights.

vocabulary   every trait value with its words and rarity
traits       prompt from traits, traits from free text, open traits by rarity
drawing/     characters drawn by code, in one palette
dataset      splits, captions, the digest of what was learned from
latents      the computed encoder of the house model's latent space
autoencoder  training of its decoder
text         its tokenizer and text encoder
house        its networks and noise schedule
diffusion    training of its denoiser
export       the pipeline directory and `mintmark.json`; `card` tells it to people
measure      how often it draws what it was asked for
reader       training of the trait reader
runs         whole runs; `commands` offers them as `mintmark train`
"""
