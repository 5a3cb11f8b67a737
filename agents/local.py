"""The chat graph for LangGraph's own tools, which open it through `langgraph.json`.

They bring no actor, and what a request brings is not to be trusted. So every run is that of one
local person with the least role, on the data folder that the settings name.
"""

from agents.context import chat_context
from agents.graph import Graph, build_graph
from agents.models import chat_model
from tools.catalogue import open_studio
from tools.people import Actor, Role, sign_in
from tools.settings import load_settings
from tools.studio import Studio

PERSON = "langgraph"


def chat_graph() -> Graph:
    """The chat graph over the local studio; the tools that run it keep its conversations."""
    settings = load_settings()
    studio = open_studio(settings)
    context = chat_context(studio, _local_member(studio), chat_model(settings), PERSON)
    return build_graph(home=context)


def _local_member(studio: Studio) -> Actor:
    with studio.db.write() as session:
        return sign_in(
            session,
            front_end=PERSON,
            external_id=PERSON,
            name=PERSON,
            guild="local",
            channel=PERSON,
            role=Role.MEMBER,
        )
