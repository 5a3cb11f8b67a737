"""Metadata: what a token says about itself, and where its bytes lie.

    unixfs      the IPFS address (CID) of a file, computed before anything is stored
    store       the content-addressed store under the data folder
    rarity      how rare a token's traits are, "as of supply N"
    facts       what a token document is made of, each field with its exact form
    token_json  the document itself, as marketplaces read it, with its provenance

Nothing here decides anything: the caller brings the facts.
"""
