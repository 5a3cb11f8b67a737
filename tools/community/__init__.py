"""A community at a front end: the rules it gave itself, and what a front end must not forget.

rules.py    what holds in a guild or a channel: quotas, eligibility, filters, languages, pauses
values.py   what each rule may be set to, and how a person writes it
setting.py  showing and setting rules and limits
pausing.py  stopping for a while what people do here, and letting it go on
tables.py   those rules, and the front ends' books: posts, buttons, reactions, claims, leases
"""
