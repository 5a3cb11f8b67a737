"""The menu under a message, on the bot's own pictures and on those that people upload again."""

import io
from collections.abc import AsyncIterator, Iterator

import pytest
from PIL import Image
from sqlalchemy import select

from bot.discord.client import MintmarkClient
from bot.discord.menus import PROVENANCE, REMIX, VOTE
from bot.frontend import Message as Shown
from bot.frontend import Picture
from bot.scene import scene_of
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.test_commands import ask, known
from tests.peers.discord import Answer, Message, Peer, Person
from tests.striking import striking_studio, struck
from tools.generation.tables import Candidate
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Role
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.tables import Nomination


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio in which pictures are struck without a model."""
    with striking_studio(sqlite_settings) as opened:
        yield opened


@pytest.fixture
def fox(studio: Studio, people: People) -> str:
    """A picture of wren's."""
    return struck(studio, known(studio, people.wren, people, Role.CREATOR))


@pytest.fixture
def owl(studio: Studio, people: People) -> str:
    """Another one."""
    return struck(studio, known(studio, people.wren, people, Role.CREATOR), 9, "dragon")


@pytest.fixture
async def bot(running: Running, studio: Studio) -> AsyncIterator[MintmarkClient]:
    """A bot on that studio."""
    async with running(studio) as client:
        yield client


def file_of(studio: Studio, candidate_id: str) -> bytes:
    """The picture's file as it was made."""
    with studio.db.read() as session:
        cid = session.get_one(Candidate, candidate_id).image_cid
    return store_of(studio).path(Cid.parse(cid)).read_bytes()


async def posted(bot: MintmarkClient, people: People, *candidates: str) -> Message:
    """A message of the bot that shows pictures."""
    scene = scene_of(bot.studio, known(bot.studio, people.wren, people, Role.CREATOR))
    pictures: list[Picture] = []
    with bot.studio.db.read() as session:
        for one in candidates:
            cid = session.get_one(Candidate, one).image_cid
            pictures.append(scene.picture(cid, one, "A picture"))
    shown = Shown("Look", pictures=tuple(pictures))
    purpose = "+".join(candidates)
    post = await bot.say_in(
        people.gallery.id, shown, purpose=purpose, subject_id=purpose[:64], guild=people.hall.id
    )
    assert post is not None
    assert post.message is not None
    return people.gallery.messages[int(post.message)]


async def choose(person: Person, message: Message, entry: str) -> Answer:
    """Use an entry of the menu and wait until something can be read."""
    answer = await (await person.menu(message, entry)).done()
    await answer.peer.until(lambda: bool(answer.text) or answer.modal is not None)
    return answer


async def test_provenance_of_the_one_picture_in_a_message_is_told_in_private(
    bot: MintmarkClient, people: People, fox: str
) -> None:
    answer = await choose(people.moss, await posted(bot, people, fox), PROVENANCE)
    assert answer.ephemeral
    assert fox in answer.text.replace("\\", "")


async def test_a_picture_is_shown_and_looked_up_by_command(
    bot: MintmarkClient, people: People, fox: str
) -> None:
    shown = await ask(people.moss, people.gallery, "show", picture=fox)
    assert fox in shown.text.replace("\\", "")
    assert shown.messages[0].attachments
    told = await ask(people.moss, people.gallery, "provenance", of=fox)
    assert not told.ephemeral


async def test_of_several_pictures_one_is_chosen(
    bot: MintmarkClient, people: People, fox: str, owl: str
) -> None:
    answer = await choose(people.moss, await posted(bot, people, fox, owl), PROVENANCE)
    assert "Which of these" in answer.text
    told = await (await people.moss.press(answer.messages[0], owl)).done()
    await told.peer.until(lambda: owl in told.text.replace("\\", ""))


@pytest.mark.parametrize(
    ("how", "said"),
    [("as it was", ""), ("as WebP without loss", ""), ("as JPEG", "it looks like")],
)
async def test_a_picture_that_was_uploaded_again_is_known(
    bot: MintmarkClient, people: People, studio: Studio, fox: str, how: str, said: str
) -> None:
    file = file_of(studio, fox)
    name, data = "saved.png", file
    if how != "as it was":
        kept = io.BytesIO()
        shown = Image.open(io.BytesIO(file)).convert("RGB")
        if "JPEG" in how:
            shown.save(kept, "JPEG", quality=60)
        else:
            shown.save(kept, "WEBP", lossless=True)
        name, data = "saved.jpg", kept.getvalue()
    message = await people.moss.say(people.studio, "found this", files=(name, data))
    answer = await choose(people.fern, message, PROVENANCE)
    await answer.peer.until(lambda: len(answer.messages) > bool(said))
    assert fox in answer.text.replace("\\", "")
    assert said in answer.text


async def test_a_strange_picture_is_said_to_be_strange(bot: MintmarkClient, people: People) -> None:
    kept = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(kept, "PNG")
    message = await people.moss.say(people.studio, "", files=("noise.png", kept.getvalue()))
    answer = await choose(people.fern, message, PROVENANCE)
    assert "I do not know this picture" in answer.text


async def test_a_file_that_is_no_picture_is_explained(bot: MintmarkClient, people: People) -> None:
    message = await people.moss.say(people.studio, "", files=("odd.png", b"not a picture"))
    answer = await choose(people.fern, message, PROVENANCE)
    assert "not a PNG, JPEG or WebP" in answer.text
    words = await people.moss.say(people.studio, "only words")
    assert "no picture in this message" in (await choose(people.fern, words, PROVENANCE)).text


async def test_a_file_that_does_not_lie_with_discord_is_not_fetched(
    bot: MintmarkClient, people: People, peer: Peer, fox: str, studio: Studio
) -> None:
    message = await people.moss.say(people.studio, "", files=file_of(studio, fox))
    shown = message.attachments[0]
    shown.url = shown.url.replace("127.0.0.1", "localhost")
    answer = await choose(people.fern, message, PROVENANCE)
    assert "does not lie with Discord" in answer.text


async def test_remix_opens_a_window_at_once(bot: MintmarkClient, people: People, fox: str) -> None:
    answer = await choose(people.wren, await posted(bot, people, fox), REMIX)
    assert answer.modal is not None
    assert "fox" in answer.modal.fields[0].component["value"]


async def test_remix_of_a_picture_uploaded_again_offers_a_button(
    bot: MintmarkClient, people: People, studio: Studio, fox: str
) -> None:
    message = await people.moss.say(people.studio, "", files=file_of(studio, fox))
    answer = await choose(people.wren, message, REMIX)
    assert answer.ephemeral
    window = await people.wren.press(answer.messages[0], fox)
    assert window.modal is not None


async def test_put_to_the_vote_nominates(
    bot: MintmarkClient, people: People, studio: Studio, fox: str
) -> None:
    message = await posted(bot, people, fox)
    answer = await choose(people.wren, message, VOTE)
    assert answer.ephemeral
    with studio.db.read() as session:
        assert [one.candidate_id for one in session.scalars(select(Nomination))] == [fox]
