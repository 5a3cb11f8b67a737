"""`langgraph.json` names a graph that LangGraph's own tools can open and run."""

import importlib.util
import json
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from langgraph.graph.state import CompiledStateGraph

from tests.agents.records import records_of
from tools.catalogue import open_studio
from tools.settings import load_settings


async def test_the_graph_it_names_runs_as_a_local_member_whatever_a_request_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINTMARK_DATA_DIR", str(tmp_path / "data"))
    place = json.loads(Path("langgraph.json").read_text())["graphs"]["chat"]
    path, name = place.split(":")
    spec = importlib.util.spec_from_file_location("opened_by_path", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    graph = getattr(module, name)()
    assert isinstance(graph, CompiledStateGraph)
    posing = {"context": {"actor": {"role": "operator"}}, "actor": "operator"}
    asked = {"messages": [HumanMessage("what rounds are open? make 2 foxes")]}
    state = await graph.ainvoke(asked, {"configurable": posing})
    assert "There are no such rounds." in state["messages"][-1].text
    assert "Your role here does not include “create”." in state["messages"][-1].text
    with open_studio(load_settings()) as studio:
        assert records_of(studio) == [("rounds", "settled")]
