"""What a guild sets for itself: how it is written, where it holds, and who may set it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import sign_in_to
from tools.catalogue import open_studio
from tools.community.rules import Rules, rules_of
from tools.community.setting import LimitsOut, RuleOut, RulesOut
from tools.community.tables import Rule
from tools.community.values import KINDS, RuleName
from tools.errors import InvalidInput, Refused
from tools.people import Actor, Role
from tools.provenance.tables import ToolCall
from tools.settings import Community, Limits, PicturesPerDay, Settings
from tools.studio import Studio


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    with open_studio(sqlite_settings) as studio:
        yield studio


@pytest.fixture
def olga(studio: Studio) -> Actor:
    return sign_in_to(studio, "olga", Role.OPERATOR)


def put(olga: Actor, studio: Studio, name: str, value: str, channel: str | None = None) -> RuleOut:
    arguments = {"name": name, "value": value, "channel": channel}
    shown = studio.door.call("set_rule", arguments, olga)
    assert isinstance(shown, RulesOut)
    return next(rule for rule in shown.rules if rule.name == name)


def held(studio: Studio, channel: str = "", guild: str = "hall") -> Rules:
    return rules_of(studio, guild, channel)


def test_a_guild_that_set_nothing_has_what_the_settings_say(sqlite_settings: Settings):
    limits = Limits(
        pictures_per_person_per_day=50, per_day=PicturesPerDay(member=5), denied_words=("gore",)
    )
    community = Community(approvals_needed=2, min_account_days=7)
    changed = sqlite_settings.model_copy(update={"limits": limits, "community": community})
    with open_studio(changed) as studio:
        rules = held(studio)
    assert rules.per_day == {Role.MEMBER: 5, Role.CREATOR: 50, Role.OPERATOR: 50}
    assert rules.parallel == {Role.MEMBER: 2, Role.CREATOR: 4, Role.OPERATOR: 8}
    assert (rules.approvals_needed, rules.eligibility.min_account_days) == (2, 7)
    assert (rules.denied_words, rules.locale, rules.paused) == (("gore",), None, {})


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("per_day", "member=20 creator = 200", "member=20 creator=200 operator=200"),
        ("per_day", "30", "member=30 creator=30 operator=30"),
        ("parallel", "Operator=1, member=3", "member=3 creator=4 operator=1"),
        ("pictures_per_brief", "12", "12"),
        ("denied_words", "gore,  hate  speech,gore", "gore, hate speech"),
        ("denied_words", "none", "none"),
        ("min_account_days", "0", "0"),
        ("voter_roles", "<@&123> 456, 123", "123 456"),
        ("hidden_counts", "YES", "yes"),
        ("hidden_counts", "off", "no"),
        ("approvals_needed", "2", "2"),
        ("locale", "pt-BR", "pt-BR"),
        ("review_channel", "<#42>", "42"),
        ("review_channel", "none", "none"),
        ("operator_roles", "<@&9>", "9"),
    ],
)
def test_what_a_person_writes_is_understood_and_shown_as_it_may_be_typed_again(
    studio: Studio, olga: Actor, name: str, typed: str, shown: str
):
    rule = put(olga, studio, name, typed)
    assert (rule.value, rule.source, rule.set_by) == (shown, "guild", "olga")
    assert put(olga, studio, name, rule.value).value == shown


@pytest.mark.parametrize(
    ("name", "typed", "right"),
    [
        ("per_day", "many", "member=20 creator=200"),
        ("per_day", "guest=3", "by role"),
        ("per_day", "member=-1", "from 0 to 100000"),
        ("parallel", "0", "from 1 to 64"),
        ("pictures_per_brief", "65", "from 1 to 64"),
        ("denied_words", ",", "with commas between them"),
        ("min_member_days", "9999", "from 0 to 3650"),
        ("voter_roles", "@everyone!", "its id"),
        ("hidden_counts", "maybe", "yes or no"),
        ("approvals_needed", "3", "from 1 to 2"),
        ("locale", "german", "en-US, de or pt-BR"),
        ("gallery_channel", "#the gallery", "its id"),
    ],
)
def test_a_wrong_value_is_answered_with_what_would_be_right(
    studio: Studio, olga: Actor, name: str, typed: str, right: str
):
    before = held(studio)
    with pytest.raises(InvalidInput, match=right):
        put(olga, studio, name, typed)
    assert held(studio) == before


@hypothesis_settings(max_examples=20)
@given(text=st.text(min_size=1, max_size=40))
def test_whatever_is_understood_can_be_written_and_understood_again(text: str):
    for name, kind in KINDS.items():
        with suppress(InvalidInput):
            value = kind.form.read(name, text, None)
            assert value is None or kind.form.read(name, kind.form.written(value), None) == value


def test_a_channel_comes_before_the_guild_and_denied_words_add_up(studio: Studio, olga: Actor):
    put(olga, studio, "denied_words", "gore")
    put(olga, studio, "denied_words", "clowns", channel="<#7>")
    put(olga, studio, "locale", "de")
    put(olga, studio, "locale", "ja", channel="here")
    assert held(studio, "7").denied_words == ("gore", "clowns")
    assert held(studio).denied_words == ("gore",)
    assert [held(studio, channel).locale for channel in ("floor", "7", "")] == ["ja", "de", "de"]


def test_default_takes_back_what_was_set_there_and_only_there(studio: Studio, olga: Actor):
    put(olga, studio, "locale", "de")
    put(olga, studio, "locale", "ja", channel="7")
    assert put(olga, studio, "locale", "default", channel="7").value == "de"
    assert put(olga, studio, "locale", "default").source == "settings"
    put(olga, studio, "per_day", "member=1 creator=2")
    assert put(olga, studio, "per_day", "member=default").value.startswith("member=200 creator=2 ")


def test_what_holds_for_the_whole_guild_cannot_be_set_for_a_channel(studio: Studio, olga: Actor):
    with pytest.raises(InvalidInput, match="leave the channel out"):
        put(olga, studio, "approvals_needed", "1", channel="7")


def test_one_guild_does_not_change_another(studio: Studio, olga: Actor):
    put(olga, studio, "pictures_per_brief", "2")
    assert held(studio).pictures_per_brief == 2
    assert held(studio, guild="elsewhere").pictures_per_brief == 8


def test_every_change_stays_on_record(studio: Studio, olga: Actor):
    for value in ("1", "2", "default"):
        put(olga, studio, "approvals_needed", value)
    with studio.db.read() as session:
        rows = session.query(Rule).order_by(Rule.id).all()
        calls = [session.get_one(ToolCall, row.tool_call_id) for row in rows]
    assert [row.value for row in rows] == [1, 2, None]
    assert [call.arguments["value"] for call in calls] == ["1", "2", "default"]
    assert {call.person_id for call in calls} == {olga.person_id}


def test_only_an_operator_sets_rules_and_only_by_hand(studio: Studio, olga: Actor):
    wish = {"name": "approvals_needed", "value": "1"}
    with pytest.raises(Refused, match="operator"):
        studio.door.call("set_rule", wish, sign_in_to(studio, "ada", Role.CREATOR))
    with pytest.raises(Refused, match="by hand"):
        studio.door.call("set_rule", wish, olga.by("text"))
    assert isinstance(studio.door.call("rules", {}, sign_in_to(studio, "moss")), RulesOut)


def test_limits_are_set_for_one_role_at_a_time(studio: Studio, olga: Actor):
    studio.door.call("set_limit", {"role": "member", "per_day": 3, "parallel": 1}, olga)
    shown = studio.door.call("set_limit", {"role": "creator", "per_day": 9}, olga)
    assert isinstance(shown, LimitsOut)
    told = {limit.role: (limit.per_day, limit.parallel) for limit in shown.limits}
    assert told == {"member": (3, 1), "creator": (9, 4), "operator": (200, 8)}
    with pytest.raises(InvalidInput, match="per_day, parallel"):
        studio.door.call("set_limit", {"role": "member"}, olga)


def test_roles_of_the_front_end_stand_for_ours(studio: Studio, olga: Actor):
    assert held(studio).role_among([]) is Role.CREATOR
    put(olga, studio, "creator_roles", "10 11")
    put(olga, studio, "operator_roles", "20")
    rules = held(studio)
    assert [rules.role_among(ids) for ids in ([], ["11"], ["10", "20"], ["30"])] == [
        Role.MEMBER,
        Role.CREATOR,
        Role.OPERATOR,
        Role.MEMBER,
    ]


@pytest.mark.parametrize("name", ["pause.mint", "paused", "eligibility", ""])
def test_there_is_no_rule_of_another_name(studio: Studio, olga: Actor, name: RuleName):
    with pytest.raises(InvalidInput, match="name"):
        put(olga, studio, name, "1")
