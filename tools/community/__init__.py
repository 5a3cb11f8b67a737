"""A community at a front end: the rules it gave itself, and what a front end must not forget.

rules.py    what a guild or a channel has set: quotas, eligibility, filters, languages, pauses
tables.py   those rules, and the front ends' books: posts, buttons, reactions, claims, leases
"""
