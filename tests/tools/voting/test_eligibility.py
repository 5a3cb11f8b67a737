"""Who may vote: by rules that are frozen when a round opens, said in words to whom they refuse."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.tools.voting.conftest import Hall
from tools.errors import Refused
from tools.people import Actor, Role, Vouched, sign_in
from tools.provenance.tables import Record, now
from tools.voting.eligibility import policy_named
from tools.voting.tables import Ballot, Round


def _from_discord(hall: Hall, name: str, **facts: Any) -> Actor:
    with hall.studio.db.write() as session:
        return sign_in(
            session,
            front_end="discord",
            external_id=name,
            name=name,
            guild="hall",
            channel="floor",
            role=Role.MEMBER,
            vouched=Vouched(**facts),
        )


def _days_ago(days: float) -> Any:
    return now() - timedelta(days=days)


def _rule(hall: Hall, name: str, value: object) -> None:
    hall.call("set_rule", hall.operator, name=name, value=str(value))


def _last_ballot(hall: Hall) -> Ballot:
    with hall.studio.db.read() as session:
        return session.scalars(select(Ballot).order_by(Ballot.id.desc())).first() or Ballot()


def test_a_young_account_is_told_its_age_and_when_it_may_vote(hall: Hall) -> None:
    _rule(hall, "min_account_days", 30)
    hall.picture()
    hall.open()
    since = _days_ago(3.5)
    young = _from_discord(hall, "kim", account_since=since)

    with pytest.raises(Refused, match="account is 3 days old; this round asks for 30") as refused:
        hall.vote(young, "1")

    assert refused.value.facts["start"] == since + timedelta(days=30)
    ballot = _last_ballot(hall)
    assert (ballot.kind, ballot.judged) == ("refused", {"account_days": 3})


def test_an_account_that_is_just_old_enough_votes_and_its_record_says_what_was_judged(
    hall: Hall,
) -> None:
    _rule(hall, "min_account_days", 30)
    hall.picture()
    hall.open()
    assert hall.vote(_from_discord(hall, "kim", account_since=_days_ago(30)), "1").kind == "added"
    assert _last_ballot(hall).judged == {"account_days": 30}
    with hall.studio.db.read() as session:
        last = session.scalars(select(Record).order_by(Record.seq.desc())).first()
    assert last is not None
    assert '"judged":{"account_days":30}' in last.body


def test_who_came_yesterday_waits_where_days_in_the_guild_are_asked_for(hall: Hall) -> None:
    _rule(hall, "min_member_days", 7)
    hall.picture()
    hall.open()
    new = _from_discord(hall, "kim", joined_at=_days_ago(1.2))
    with pytest.raises(Refused, match="been here for one day; this round asks for 7"):
        hall.vote(new, "1")
    assert hall.vote(_from_discord(hall, "lee", joined_at=_days_ago(8)), "1").kind == "added"


def test_one_of_the_roles_is_enough_and_none_is_not(hall: Hall) -> None:
    _rule(hall, "voter_roles", "<@&71> <@&72>")
    hall.picture()
    hall.open()
    with pytest.raises(Refused, match="one of these roles here: 71, 72"):
        hall.vote(_from_discord(hall, "kim", groups=("70",)), "1")
    assert hall.vote(_from_discord(hall, "lee", groups=("70", "72")), "1").kind == "added"
    assert _last_ballot(hall).judged == {"groups": ["72"]}


def test_an_age_that_nobody_told_refuses_but_not_at_the_terminal(hall: Hall) -> None:
    _rule(hall, "min_account_days", 30)
    hall.picture()
    hall.open()
    with pytest.raises(Refused, match="nobody told the studio"):
        hall.vote(_from_discord(hall, "kim"), "1")
    assert hall.vote(hall.person("carol"), "1").kind == "added"
    assert _last_ballot(hall).judged == {"account_days": None, "vouched_by": "studio"}


def test_bots_have_no_vote(hall: Hall) -> None:
    hall.picture()
    hall.open()
    with pytest.raises(Refused, match="Bots have no vote"):
        hall.vote(_from_discord(hall, "beep", is_bot=True), "1")


def test_rules_that_change_later_do_not_change_an_open_round(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    _rule(hall, "min_account_days", 30)
    assert hall.vote(_from_discord(hall, "kim", account_since=_days_ago(1)), "1").kind == "added"
    hall.close(round_id)
    hall.picture()
    hall.open()
    with pytest.raises(Refused, match="one day old"):
        hall.vote(_from_discord(hall, "kim", account_since=_days_ago(1)), "1")


def test_the_tally_names_the_rules_with_their_parameters(hall: Hall) -> None:
    _rule(hall, "min_account_days", 30)
    hall.picture()
    round_id = hall.open()
    hall.close(round_id)
    with hall.studio.db.read() as session:
        tally = session.get_one(Round, round_id).tally
    assert tally is not None
    assert tally["eligibility"] == {
        "policy": "mintmark/eligibility/v2",
        "min_account_days": 30,
        "min_member_days": 0,
        "groups": [],
    }


def test_a_round_from_before_the_second_policy_keeps_the_first(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    with hall.studio.db.write() as session:
        session.get_one(Round, round_id).eligibility = None
    assert hall.vote(_from_discord(hall, "beep", is_bot=True), "1").kind == "added"
    hall.close(round_id)
    with hall.studio.db.read() as session:
        tally = session.get_one(Round, round_id).tally
    assert tally is not None
    assert (tally["schema"], tally["eligibility"]) == (
        "mintmark/tally/v1",
        "mintmark/eligibility/v1",
    )
    assert "compared" not in tally


@pytest.mark.parametrize("name", ["mintmark/eligibility/v9", {"policy": "v3"}, None, {"x": 1}])
def test_a_policy_that_does_not_exist_is_none(name: object) -> None:
    with pytest.raises(ValueError, match="no policy"):
        policy_named(name)
