"""Verification: how a stranger checks a picture, a token or a certificate.

    verify          what was given, and every step that can be checked of it
    report          the steps and the verdict
    certificate     one file per token that is checked offline
    history         the chain of records behind anything, for people

    evidence        all that is known of one token; `gathering` takes it from a data folder,
                    `supply` finds the tokens that its rarity counts
    records         what the log says, read back without trust
    evidence_steps  what evidence alone allows: document_steps, making_steps, choosing_steps,
                    deciding_steps, log_steps
    picture_steps   a picture file; `finding` tells which candidate it is
    row_steps       the rows of a data folder against their records; minting_row_steps likewise
    chain_steps     a token on its chain

This room reads every craft, and none reads it. Nothing here acts on the world except writing a
certificate into the store.
"""
