"""Metadata: what a token says about itself, and where its bytes lie.

    unixfs      the IPFS address (CID) of a file, computed before anything is stored
    store       the content-addressed store under the data folder
    rarity      how rare a token's traits are, "as of supply N"
    token_json  the token's metadata document, as marketplaces read it, with its provenance

Nothing here decides anything: the caller brings the facts.
"""
