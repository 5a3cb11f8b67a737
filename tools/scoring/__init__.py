"""Scoring: is this picture worth showing to people, and why?

    checks        is it a picture at all: decoded, of the right size, not blank
    quality       measures of the image itself
    duplicates    how near the nearest known picture is
    trait_reader  which traits it shows
    fidelity      whether those are the traits that were asked for
    verdict       all of it together: shortlisted, rejected or broken; and the shortlist
    score         the tool: all of the above for every picture of a brief

Every result is integers and text, and names the scorer and its version. People decide; scores
only choose what they are shown.
"""
